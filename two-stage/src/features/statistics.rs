//! Fits the encoder on the training rows: moments in f64, weighted, in the rows' canonical order.

use std::collections::BTreeSet;

use kernels::signed_log;

use super::encoder::{Encoder, Encoding, Input};
use super::{Column, Kind};
use crate::{Error, ErrorKind, Result, sample::Sample};

/// Columns with more skew than this are learned on a logarithmic scale.
const SKEWNESS: f64 = 1.5;
/// A category needs this many rows, and this share of them, for an input of its own.
const LEVEL_ROWS: u64 = 20;
const LEVEL_SHARE: f64 = 0.001;
const MAX_LEVELS: usize = 32;
/// A text column with more distinct values for each row than this is a key.
const KEY_SHARE: f64 = 0.9;

/// A training row as the statistics see it.
#[derive(Clone, Copy)]
pub struct WeightedRow {
    /// Its place in the sample.
    pub index: u32,
    /// Its weight times its count.
    pub weight: f64,
    pub count: u64,
}

impl Encoder {
    /// Fits every column over `rows`, the used rows of a canonical sample.
    pub(crate) fn fit(sample: &Sample, rows: &[WeightedRow]) -> Result<Self> {
        let columns = sample.columns().unwrap_or_default();
        let fit = |(index, column): (usize, &Column)| match column.kind {
            Kind::Category => fit_category(sample, rows, index, column),
            kind => Ok(fit_number(sample, rows, index, kind)),
        };
        let encodings = columns.iter().enumerate().map(fit).collect::<Result<_>>()?;
        Ok(Self { encodings })
    }
}

/// Weighted mean, standard deviation and skewness.
struct Moments {
    mean: f64,
    deviation: f64,
    skewness: f64,
}

fn moments(values: impl Iterator<Item = (f64, f64)> + Clone) -> Moments {
    let (sum, total) =
        values.clone().fold((0.0, 0.0), |(s, t), (value, weight)| (s + weight * value, t + weight));
    let mean = if total > 0.0 { sum / total } else { 0.0 };
    let (second, third) = values.fold((0.0, 0.0), |(second, third), (value, weight)| {
        let d = value - mean;
        (second + weight * d * d, third + weight * d * d * d)
    });
    let deviation = if total > 0.0 { (second / total).sqrt() } else { 0.0 };
    let skewness = if deviation > 0.0 { third / total / deviation.powi(3) } else { 0.0 };
    Moments { mean, deviation, skewness }
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

fn fit_number(sample: &Sample, rows: &[WeightedRow], column: usize, kind: Kind) -> Encoding {
    let all = rows.iter().map(|row| {
        let word = sample.row(row.index as usize).features()[column];
        (f32::from_bits(word), row.weight)
    });
    let total: f64 = rows.iter().map(|row| row.weight).sum();
    let present = all.filter(|(value, _)| !value.is_nan());
    let present_weight: f64 = present.clone().map(|(_, weight)| weight).sum();
    let plain = moments(present.clone().map(|(value, weight)| (f64::from(value), weight)));
    let logarithmic = kind == Kind::Number
        && plain.skewness.abs() > SKEWNESS
        && has_more_than_two_values(present.clone().map(|(value, _)| value));
    let Moments { mean, deviation, .. } = if logarithmic {
        moments(present.map(|(value, weight)| (f64::from(signed_log(value)), weight)))
    } else {
        plain
    };
    // Missing values count as the mean, so they shrink the deviation over all rows.
    let share = if total > 0.0 { present_weight / total } else { 0.0 };
    Encoding::Number {
        logarithmic,
        value: input(mean, deviation * share.sqrt()),
        missing: indicator(total - present_weight, total).filter(|_| {
            rows.iter().any(|row| {
                f32::from_bits(sample.row(row.index as usize).features()[column]).is_nan()
            })
        }),
    }
}

fn has_more_than_two_values(values: impl Iterator<Item = f32>) -> bool {
    let mut seen = BTreeSet::new();
    for value in values {
        seen.insert(value.to_bits());
        if seen.len() > 2 {
            return true;
        }
    }
    false
}

fn fit_category(
    sample: &Sample,
    rows: &[WeightedRow],
    index: usize,
    column: &Column,
) -> Result<Encoding> {
    let texts: Vec<&str> = sample.categories(index).collect();
    let mut weights = vec![0.0; texts.len()];
    let mut counts = vec![0_u64; texts.len()];
    let (mut missing, mut total, mut present_rows) = (0.0, 0.0, 0);
    for row in rows {
        total += row.weight;
        let code = sample.row(row.index as usize).features()[index] as usize;
        match counts.get_mut(code) {
            Some(count) => {
                *count += row.count;
                weights[code] += row.weight;
                present_rows += row.count;
            }
            None => missing += row.weight,
        }
    }
    refuse_key(column, &counts, present_rows)?;
    let frequent = frequent_levels(&counts, rows.iter().map(|row| row.count).sum());
    let other: f64 = total - missing - frequent.iter().map(|&code| weights[code]).sum::<f64>();
    let has_other = counts.iter().enumerate().any(|(code, &n)| n > 0 && !frequent.contains(&code));
    Ok(Encoding::Category {
        levels: frequent
            .iter()
            .map(|&code| (texts[code].to_owned(), indicator(weights[code], total)))
            .collect(),
        other: indicator(other, total).filter(|_| has_other),
        missing: indicator(missing, total).filter(|_| missing > 0.0),
    })
}

fn refuse_key(column: &Column, counts: &[u64], present_rows: u64) -> Result<()> {
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
