//! Fits the encoder on the training rows: moments in f64, weighted, in the rows' canonical order.

use kernels::signed_logs;

use super::encoder::{Encoder, Encoding, Input};
use super::{Column, Kind};
use crate::{
    Error, ErrorKind, Result,
    sample::{Row, Sample},
};

/// Columns with more skew than this are learned on a logarithmic scale.
const SKEWNESS: f64 = 1.5;
/// A category needs this many rows, and this share of them, for an input of its own.
const LEVEL_ROWS: u64 = 20;
const LEVEL_SHARE: f64 = 0.001;
const MAX_LEVELS: usize = 32;
/// A text column with more distinct values for each row than this is a key.
const KEY_SHARE: f64 = 0.9;

/// Rows between two polls.
const POLL_ROWS: usize = 4096;
/// Rows that stay in the CPU's caches while one column after the other is gone through.
const BLOCK_ROWS: usize = 256;

/// The used rows of a canonical sample, with the weight of all their copies.
struct Rows<'a, W> {
    sample: &'a Sample,
    weight: W,
}

impl<'a, W: Fn(Row) -> f64> Rows<'a, W> {
    fn pass(&self, poll: &mut dyn FnMut(), mut each: impl FnMut(Row<'a>, f64)) {
        for (index, row) in self.sample.rows().enumerate() {
            if index.is_multiple_of(POLL_ROWS) {
                poll();
            }
            let weight = (self.weight)(row);
            if weight > 0.0 {
                each(row, weight);
            }
        }
    }

    /// The same by blocks of rows.
    fn pass_by_blocks(&self, poll: &mut dyn FnMut(), mut each: impl FnMut(&[(Row, f64)])) {
        let mut block = Vec::with_capacity(BLOCK_ROWS);
        self.pass(poll, |row, weight| {
            block.push((row, weight));
            if block.len() == BLOCK_ROWS {
                each(&block);
                block.clear();
            }
        });
        each(&block);
    }
}

impl Encoder {
    /// Fits every column. `weight` is that of all copies of a row, 0 where it is not used; `poll`
    /// is called every few milliseconds.
    pub(crate) fn fit(
        sample: &Sample,
        weight: impl Fn(Row) -> f64,
        poll: &mut dyn FnMut(),
    ) -> Result<Self> {
        let columns = sample.columns().unwrap_or_default();
        let rows = Rows { sample, weight };
        let of_kind = |category: bool| -> Vec<usize> {
            (0..columns.len())
                .filter(|&c| (columns[c].kind == Kind::Category) == category)
                .collect()
        };
        let mut encodings: Vec<Option<Encoding>> = vec![None; columns.len()];
        for (column, encoding) in fit_numbers(&rows, columns, of_kind(false), poll) {
            encodings[column] = Some(encoding);
        }
        for (column, encoding) in fit_categories(&rows, columns, of_kind(true), poll)? {
            encodings[column] = Some(encoding);
        }
        Ok(Self { encodings: encodings.into_iter().flatten().collect() })
    }
}

/// The input of a value with these moments; None where it is constant (within f32's resolution).
fn input(mean: f64, deviation: f64) -> Option<Input> {
    let constant = deviation <= 1e-9 + 1e-7 * mean.abs();
    (!constant).then(|| Input { mean: mean as f32, inverse_deviation: (1.0 / deviation) as f32 })
}

/// The input of an indicator raised in a share of the rows.
fn indicator(raised: f64, total: f64) -> Option<Input> {
    let share = if total > 0.0 { raised / total } else { 0.0 };
    input(share, (share * (1.0 - share)).max(0.0).sqrt())
}

/// Weighted moments of one column of numbers, gathered in two passes.
#[derive(Default)]
struct Moments {
    column: usize,
    /// Whether the column is on a logarithmic scale.
    logarithmic: bool,
    weight: f64,
    sum: f64,
    mean: f64,
    second: f64,
    third: f64,
    missing: bool,
    /// Distinct values, three at most.
    distinct: Vec<u32>,
}

impl Moments {
    fn of(columns: impl IntoIterator<Item = usize>, logarithmic: bool) -> Vec<Self> {
        let moments = |column| Self { column, logarithmic, ..Self::default() };
        columns.into_iter().map(moments).collect()
    }

    /// The column's values in a block of rows.
    fn values(&self, block: &[(Row, f64)]) -> [f32; BLOCK_ROWS] {
        let mut values = [0.0; BLOCK_ROWS];
        for (value, (row, _)) in values.iter_mut().zip(block) {
            *value = f32::from_bits(row.features()[self.column]);
        }
        if self.logarithmic {
            signed_logs(&mut values);
        }
        values
    }

    fn add(&mut self, block: &[(Row, f64)]) {
        let (mut total, mut sum) = (self.weight, self.sum);
        for (value, &(_, weight)) in self.values(block).into_iter().zip(block) {
            if value.is_nan() {
                self.missing = true;
                continue;
            }
            total += weight;
            sum += weight * f64::from(value);
            if self.distinct.len() < 3 && !self.distinct.contains(&value.to_bits()) {
                self.distinct.push(value.to_bits());
            }
        }
        (self.weight, self.sum) = (total, sum);
    }

    fn add_central(&mut self, block: &[(Row, f64)]) {
        let (mut second, mut third) = (self.second, self.third);
        for (value, &(_, weight)) in self.values(block).into_iter().zip(block) {
            if !value.is_nan() {
                let d = f64::from(value) - self.mean;
                second += weight * d * d;
                third += weight * d * d * d;
            }
        }
        (self.second, self.third) = (second, third);
    }

    fn deviation(&self) -> f64 {
        if self.weight > 0.0 { (self.second / self.weight).sqrt() } else { 0.0 }
    }

    fn is_skewed(&self) -> bool {
        let deviation = self.deviation();
        deviation > 0.0
            && (self.third / self.weight / deviation.powi(3)).abs() > SKEWNESS
            && self.distinct.len() > 2
    }

    fn encoding(&self, total: f64) -> Encoding {
        // Missing values count as the mean, so they shrink the deviation over all rows.
        let share = if total > 0.0 { self.weight / total } else { 0.0 };
        Encoding::Number {
            logarithmic: self.logarithmic,
            value: input(self.mean, self.deviation() * share.sqrt()),
            missing: indicator(total - self.weight, total).filter(|_| self.missing),
        }
    }
}

/// Mean, then deviation and skewness, of several columns at once.
fn gather<W: Fn(Row) -> f64>(
    rows: &Rows<W>,
    moments: &mut [Moments],
    poll: &mut dyn FnMut(),
) -> f64 {
    let mut total = 0.0;
    if moments.is_empty() {
        return total;
    }
    rows.pass_by_blocks(poll, |block| {
        total = block.iter().fold(total, |total, (_, weight)| total + weight);
        moments.iter_mut().for_each(|column| column.add(block));
    });
    for column in moments.iter_mut() {
        column.mean = if column.weight > 0.0 { column.sum / column.weight } else { 0.0 };
    }
    rows.pass_by_blocks(poll, |block| {
        moments.iter_mut().for_each(|column| column.add_central(block));
    });
    total
}

fn fit_numbers<W: Fn(Row) -> f64>(
    rows: &Rows<W>,
    columns: &[Column],
    numbers: Vec<usize>,
    poll: &mut dyn FnMut(),
) -> Vec<(usize, Encoding)> {
    let mut plain = Moments::of(numbers, false);
    let total = gather(rows, &mut plain, poll);
    let skewed = |m: &&Moments| columns[m.column].kind == Kind::Number && m.is_skewed();
    let mut logarithmic = Moments::of(plain.iter().filter(skewed).map(|m| m.column), true);
    gather(rows, &mut logarithmic, poll);
    // Where a column has both, the logarithmic one comes last.
    plain.iter().chain(&logarithmic).map(|m| (m.column, m.encoding(total))).collect()
}

/// How often each category of a column came.
struct Levels {
    column: usize,
    weights: Vec<f64>,
    counts: Vec<u64>,
    missing: f64,
}

impl Levels {
    fn new(sample: &Sample, column: usize) -> Self {
        let texts = sample.categories(column).len();
        Self { column, weights: vec![0.0; texts], counts: vec![0; texts], missing: 0.0 }
    }

    fn add(&mut self, row: Row, weight: f64) {
        let code = row.features()[self.column] as usize;
        match self.counts.get_mut(code) {
            Some(count) => {
                *count += u64::from(row.count());
                self.weights[code] += weight;
            }
            None => self.missing += weight,
        }
    }

    fn encoding(&self, sample: &Sample, total: f64, rows: u64) -> Encoding {
        let Self { weights, counts, missing, .. } = self;
        let texts: Vec<&str> = sample.categories(self.column).collect();
        let frequent = frequent_levels(counts, rows);
        let other = total - missing - frequent.iter().map(|&code| weights[code]).sum::<f64>();
        let is_other = |(code, &count): (usize, &u64)| count > 0 && !frequent.contains(&code);
        let has_other = counts.iter().enumerate().any(is_other);
        let level = |&code: &usize| (texts[code].to_owned(), indicator(weights[code], total));
        Encoding::Category {
            levels: frequent.iter().map(level).collect(),
            other: indicator(other, total).filter(|_| has_other),
            missing: indicator(*missing, total).filter(|_| *missing > 0.0),
        }
    }
}

fn fit_categories<W: Fn(Row) -> f64>(
    rows: &Rows<W>,
    columns: &[Column],
    categories: Vec<usize>,
    poll: &mut dyn FnMut(),
) -> Result<Vec<(usize, Encoding)>> {
    let sample = rows.sample;
    let mut levels: Vec<Levels> = categories.iter().map(|&c| Levels::new(sample, c)).collect();
    let (mut total, mut count) = (0.0, 0);
    if !levels.is_empty() {
        rows.pass(poll, |row, weight| {
            total += weight;
            count += u64::from(row.count());
            levels.iter_mut().for_each(|column| column.add(row, weight));
        });
    }
    let encoding = |levels: &Levels| {
        refuse_key(&columns[levels.column], &levels.counts)?;
        Ok((levels.column, levels.encoding(sample, total, count)))
    };
    levels.iter().map(encoding).collect()
}

fn refuse_key(column: &Column, counts: &[u64]) -> Result<()> {
    let present_rows: u64 = counts.iter().sum();
    let distinct = counts.iter().filter(|&&count| count > 0).count();
    if distinct as u64 > LEVEL_ROWS && distinct as f64 > KEY_SHARE * present_rows as f64 {
        return Err(Error::new(
            ErrorKind::InsufficientData,
            format!(
                "feature \"{}\" has {distinct} distinct texts in {present_rows} rows, as a key has",
                column.name
            ),
        )
        .with_hint(format!("Leave \"{}\" out of the features.", column.name)));
    }
    Ok(())
}

/// The codes with an input of their own, in bytewise order of their texts (codes are sorted so).
fn frequent_levels(counts: &[u64], rows: u64) -> Vec<usize> {
    let least = LEVEL_ROWS.max((rows as f64 * LEVEL_SHARE).ceil() as u64);
    let mut codes: Vec<usize> = (0..counts.len()).filter(|&code| counts[code] >= least).collect();
    codes.sort_by(|&a, &b| counts[b].cmp(&counts[a]).then(a.cmp(&b)));
    codes.truncate(MAX_LEVELS);
    codes.sort_unstable();
    codes
}
