//! Fits the encoding of categories: the frequent levels, one input for the rest, one for NULL.

use super::{
    castable::Castable,
    encodings::{Encoding, Input},
    weighted_rows::WeightedRows,
};
use crate::{
    Error, ErrorKind, Result,
    column::Column,
    sample::{Sample, SampleRow},
};

/// A category needs this many rows, and this share of them, for an input of its own.
const LEVEL_ROWS: u64 = 20;
const LEVEL_SHARE: f64 = 0.001;
pub(crate) const MAX_LEVELS: usize = 32;
/// A text column with more distinct values for each row than this is a key.
const KEY_SHARE: f64 = 0.9;

/// The weight and the number of rows of each category of a column.
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

    fn add(&mut self, row: SampleRow, weight: f64) {
        let code = row.features[self.column].code();
        match self.counts.get_mut(code) {
            Some(count) => {
                *count += u64::from(row.count());
                self.weights[code] += weight;
            }
            None => self.missing += weight,
        }
    }

    /// The number of distinct texts, and of rows that have one.
    fn distinct(&self) -> (u64, u64) {
        let distinct = self.counts.iter().filter(|&&count| count > 0).count();
        (distinct as u64, self.counts.iter().sum())
    }

    fn is_key(&self) -> bool {
        let (distinct, rows) = self.distinct();
        distinct > LEVEL_ROWS && distinct as f64 > KEY_SHARE * rows as f64
    }

    fn encoding(&self, sample: &Sample, total: f64, rows: u64) -> Encoding {
        let Self { weights, counts, missing, .. } = self;
        let texts: Vec<&str> = sample.categories(self.column).collect();
        let frequent = frequent_levels(counts, rows);
        let other = total - missing - frequent.iter().map(|&code| weights[code]).sum::<f64>();
        let is_other = |(code, &count): (usize, &u64)| count > 0 && !frequent.contains(&code);
        let has_other = counts.iter().enumerate().any(is_other);
        let level =
            |&code: &usize| (texts[code].to_owned(), Input::of_indicator(weights[code], total));
        Encoding::Category {
            levels: frequent.iter().map(level).collect(),
            other: Input::of_indicator(other, total).filter(|_| has_other),
            missing: Input::of_indicator(*missing, total).filter(|_| *missing > 0.0),
        }
    }
}

/// Fits the columns with these indices.
pub(super) fn fit<W: Fn(SampleRow) -> f64>(
    rows: &WeightedRows<W>,
    columns: &[Column],
    categories: Vec<usize>,
) -> Result<Vec<(usize, Encoding)>> {
    let sample = rows.sample;
    let mut levels: Vec<Levels> = categories.iter().map(|&c| Levels::new(sample, c)).collect();
    let (mut total, mut count) = (0.0, 0);
    if !levels.is_empty() {
        for (row, weight) in rows.each() {
            total += weight;
            count += u64::from(row.count());
            levels.iter_mut().for_each(|column| column.add(row, weight));
        }
    }
    refuse_keys(columns, sample, &levels)?;
    let encoding = |levels: &Levels| (levels.column, levels.encoding(sample, total, count));
    Ok(levels.iter().map(encoding).collect())
}

/// Refuses text columns whose values are almost all distinct.
fn refuse_keys(columns: &[Column], sample: &Sample, levels: &[Levels]) -> Result<()> {
    let castable = |levels: &Levels, castable: &mut Castable| {
        let texts = sample.categories(levels.column).zip(levels.counts.iter().copied());
        castable.add(&columns[levels.column].name, texts)
    };
    let is_castable = |levels: &&Levels| castable(levels, &mut Castable::default());
    let keys = || levels.iter().filter(|levels| levels.is_key());
    let refused = |message| Error::new(ErrorKind::InsufficientData, message);
    if let Some(key) = keys().find(|key| !is_castable(key)) {
        let (name, (distinct, rows)) = (&columns[key.column].name, key.distinct());
        return Err(refused(format!(
            "feature \"{name}\" has {distinct} distinct texts in {rows} rows, as a key has"
        ))
        .with_hint(format!("Leave \"{name}\" out of the features.")));
    }
    if keys().next().is_none() {
        return Ok(());
    }
    let mut to_cast = Castable::default();
    for levels in levels.iter().filter(|l| l.is_key() || l.distinct().0 > MAX_LEVELS as u64) {
        castable(levels, &mut to_cast);
    }
    to_cast.message().map_or(Ok(()), |(message, casts)| {
        Err(refused(message).with_hint(format!("Cast: {casts}.")))
    })
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
