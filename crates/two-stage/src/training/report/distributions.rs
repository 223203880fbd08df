//! The distribution of each feature and of the uplift over the used rows.

use crate::{
    encoding::Encoding,
    model::{CategoryDistribution, Distribution, NumberDistribution},
    poll::Poll,
    quantiles::quantiles,
    training::{
        observer::Step,
        rows::{TrainingRow, TrainingRows},
        run::Run,
        segment_rule::Scored,
    },
    word::Word,
};

/// Distinct rows that give the cuts, at most, evenly chosen: the canonical order is random.
const MAX_ROWS: usize = 1 << 15;
/// Bins of a number with a continuous distribution.
const BINS: u32 = 20;

/// The distributions, in the order of the features.
pub(in crate::training) fn measure(rows: &TrainingRows, run: &mut Run) -> Vec<Distribution> {
    let step = rows.distinct().div_ceil(MAX_ROWS).max(1);
    let some: Vec<TrainingRow> = rows.each().step_by(step).collect();
    let columns = rows.encoder.encodings.iter().enumerate();
    let mut tallies: Vec<Tally> = columns
        .map(|(column, encoding)| {
            run.enter(Step::Importance);
            match encoding {
                Encoding::Number { .. } => Tally::Number(Numbers::of_column(rows, &some, column)),
                Encoding::Category { levels, .. } => {
                    let is_level =
                        |text| levels.binary_search_by(|(name, _)| name.as_str().cmp(text));
                    let texts = rows.sample.categories(column);
                    Tally::Category(Categories::new(texts.map(|text| is_level(text).is_ok())))
                }
            }
        })
        .collect();
    for row in rows.each() {
        let weight = row.weight * f64::from(row.count);
        for (tally, &word) in tallies.iter_mut().zip(row.features) {
            tally.add(word, weight);
        }
    }
    tallies.into_iter().map(Tally::finish).collect()
}

/// The distribution of the uplift of scored rows.
pub(in crate::training) fn of_uplift(rows: &[Scored], poll: Poll) -> NumberDistribution {
    let values = || rows.iter().map(|row| (row.score.uplift() as f32 + 0.0, row.weight));
    let mut numbers = Numbers::new(values(), poll);
    poll.each(values()).for_each(|(value, weight)| numbers.add(value, weight));
    numbers.finish()
}

/// The weights of a feature that were counted so far.
enum Tally {
    Number(Numbers),
    Category(Categories),
}

struct Numbers {
    cuts: Vec<f32>,
    commonest: Option<f32>,
    /// The weights of the bins, of the most frequent value, and of the rows without a value.
    bins: Vec<f64>,
    of_commonest: f64,
    missing: f64,
    low: f32,
    high: f32,
    /// The weighted sums of the values and of their squares.
    sum: f64,
    squares: f64,
}

struct Categories {
    /// For each code: set where it has an input of its own, and set where a used row has it.
    is_level: Vec<bool>,
    is_used: Vec<bool>,
    other: f64,
    missing: f64,
    total: f64,
}

impl Tally {
    #[inline]
    fn add(&mut self, word: Word, weight: f64) {
        match self {
            Self::Number(numbers) => numbers.add(word.number(), weight),
            Self::Category(categories) => categories.add(word.code(), weight),
        }
    }

    fn finish(self) -> Distribution {
        match self {
            Self::Number(numbers) => Distribution::Number(numbers.finish()),
            Self::Category(categories) => Distribution::Category(categories.finish()),
        }
    }
}

impl Numbers {
    /// Finds the cuts and the most frequent value in some rows.
    fn of_column(rows: &TrainingRows, some: &[TrainingRow], column: usize) -> Self {
        let value =
            |row: &TrainingRow| (row.features[column].number(), row.weight * f64::from(row.count));
        Self::new(some.iter().map(value), rows.poll())
    }

    fn new(values: impl Iterator<Item = (f32, f64)>, poll: Poll) -> Self {
        let mut values: Vec<(f32, f64)> = values.filter(|(value, _)| !value.is_nan()).collect();
        poll.sort(&mut values, &|a, b| a.0.total_cmp(&b.0));
        let shares = (1..BINS).map(|step| f64::from(step) / f64::from(BINS));
        let mut cuts = quantiles(&values, shares);
        cuts.dedup();
        Self {
            commonest: commonest(&values),
            bins: vec![0.0; cuts.len() + 1],
            cuts,
            of_commonest: 0.0,
            missing: 0.0,
            low: f32::INFINITY,
            high: f32::NEG_INFINITY,
            sum: 0.0,
            squares: 0.0,
        }
    }

    #[inline]
    fn add(&mut self, value: f32, weight: f64) {
        if value.is_nan() {
            self.missing += weight;
            return;
        }
        self.bins[self.cuts.partition_point(|&cut| cut < value)] += weight;
        self.of_commonest += if Some(value) == self.commonest { weight } else { 0.0 };
        self.low = self.low.min(value);
        self.high = self.high.max(value);
        let value = f64::from(value);
        self.sum += weight * value;
        self.squares += weight * value * value;
    }

    fn finish(self) -> NumberDistribution {
        let present: f64 = self.bins.iter().sum();
        let mean_of = |sum: f64| if present > 0.0 { sum / present } else { 0.0 };
        let share = |weight: f64| mean_of(weight) as f32;
        let mean = mean_of(self.sum);
        let variance = (mean_of(self.squares) - mean * mean).max(0.0);
        NumberDistribution {
            shares: self.bins.iter().map(|&weight| share(weight)).collect(),
            cuts: self.cuts,
            range: (self.low <= self.high).then_some((self.low, self.high)),
            commonest: self.commonest.map(|value| (value, share(self.of_commonest))),
            missing: (self.missing / (present + self.missing)) as f32,
            mean: mean as f32,
            deviation: variance.sqrt() as f32,
        }
    }
}

/// The value with the largest weight, of equals the least. `sorted` is in ascending order.
fn commonest(sorted: &[(f32, f64)]) -> Option<f32> {
    let mut most = None;
    for equal in sorted.chunk_by(|a, b| a.0 == b.0) {
        let weight: f64 = equal.iter().map(|(_, weight)| weight).sum();
        if most.is_none_or(|(_, largest)| weight > largest) {
            most = Some((equal[0].0, weight));
        }
    }
    most.map(|(value, _)| value)
}

impl Categories {
    fn new(is_level: impl Iterator<Item = bool>) -> Self {
        let is_level: Vec<bool> = is_level.collect();
        let is_used = vec![false; is_level.len()];
        Self { is_level, is_used, other: 0.0, missing: 0.0, total: 0.0 }
    }

    fn add(&mut self, code: usize, weight: f64) {
        self.total += weight;
        match (self.is_level.get(code), self.is_used.get_mut(code)) {
            (Some(is_level), Some(is_used)) => {
                *is_used = true;
                self.other += if *is_level { 0.0 } else { weight };
            }
            _ => self.missing += weight,
        }
    }

    fn finish(self) -> CategoryDistribution {
        CategoryDistribution {
            other: (self.other / self.total) as f32,
            missing: (self.missing / self.total) as f32,
            distinct: self.is_used.iter().filter(|&&used| used).count() as u64,
        }
    }
}
