//! Fits the encoding of numbers, booleans and dates: weighted moments in f64, in canonical order.

use kernels::signed_logs;

use super::{
    encodings::{Encoding, Input},
    weighted_rows::{BLOCK_ROWS, WeightedRows},
};
use crate::{
    column::{Column, Kind},
    sample::SampleRow,
    word::Word,
};

/// Columns with more skew than this are learned on a logarithmic scale.
const SKEWNESS: f64 = 1.5;

/// Weighted moments of one column of numbers, gathered in two passes.
#[derive(Default)]
struct Moments {
    column: usize,
    /// Set where the column is on a logarithmic scale.
    logarithmic: bool,
    weight: f64,
    sum: f64,
    mean: f64,
    second: f64,
    third: f64,
    missing: bool,
    /// Distinct values, at most three.
    distinct: Vec<Word>,
}

impl Moments {
    fn of(columns: impl IntoIterator<Item = usize>, logarithmic: bool) -> Vec<Self> {
        let moments = |column| Self { column, logarithmic, ..Self::default() };
        columns.into_iter().map(moments).collect()
    }

    /// The values of the column in a block of rows.
    fn values(&self, block: &[(SampleRow, f64)]) -> [f32; BLOCK_ROWS] {
        let mut values = [0.0; BLOCK_ROWS];
        for (value, (row, _)) in values.iter_mut().zip(block) {
            *value = row.features[self.column].number();
        }
        if self.logarithmic {
            signed_logs(&mut values);
        }
        values
    }

    fn add(&mut self, block: &[(SampleRow, f64)]) {
        let (mut total, mut sum) = (self.weight, self.sum);
        for (value, &(_, weight)) in self.values(block).into_iter().zip(block) {
            if value.is_nan() {
                self.missing = true;
                continue;
            }
            total += weight;
            sum += weight * f64::from(value);
            let word = Word::of_f32(value);
            if self.distinct.len() < 3 && !self.distinct.contains(&word) {
                self.distinct.push(word);
            }
        }
        (self.weight, self.sum) = (total, sum);
    }

    fn add_central(&mut self, block: &[(SampleRow, f64)]) {
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
            value: Input::of_moments(self.mean, self.deviation() * share.sqrt()),
            missing: Input::of_indicator(total - self.weight, total).filter(|_| self.missing),
        }
    }
}

/// Gathers the mean, then deviation and skewness, of several columns at once. Returns the total
/// weight.
fn gather<W: Fn(SampleRow) -> f64>(rows: &WeightedRows<W>, moments: &mut [Moments]) -> f64 {
    let mut total = 0.0;
    if moments.is_empty() {
        return total;
    }
    rows.by_blocks(|block| {
        total = block.iter().fold(total, |total, (_, weight)| total + weight);
        moments.iter_mut().for_each(|column| column.add(block));
    });
    for column in moments.iter_mut() {
        column.mean = if column.weight > 0.0 { column.sum / column.weight } else { 0.0 };
    }
    rows.by_blocks(|block| moments.iter_mut().for_each(|column| column.add_central(block)));
    total
}

/// Fits the columns with these indices.
pub(super) fn fit<W: Fn(SampleRow) -> f64>(
    rows: &WeightedRows<W>,
    columns: &[Column],
    numbers: Vec<usize>,
) -> Vec<(usize, Encoding)> {
    let mut plain = Moments::of(numbers, false);
    let total = gather(rows, &mut plain);
    let skewed = |m: &&Moments| columns[m.column].kind == Kind::Number && m.is_skewed();
    let mut logarithmic = Moments::of(plain.iter().filter(skewed).map(|m| m.column), true);
    gather(rows, &mut logarithmic);
    // The logarithmic encoding of a column comes last, and replaces the plain one.
    plain.iter().chain(&logarithmic).map(|m| (m.column, m.encoding(total))).collect()
}
