//! The uplift that the model predicts along a feature, for customers who differ in nothing else.
//!
//! The model stores the distribution of each feature, but no customer. So customers are drawn from these
//! distributions, each feature by itself, and the model scores them with one feature set to one value after
//! the other.

use two_stage::{
    Description, Result,
    column::Value,
    model::{Distribution, NumberDistribution, TwoStageModel},
    poll::Poll,
    scorer::Scorer,
};

/// Values read by all customers of a profile, at most, so that a wide model takes no longer.
const MAX_VALUES: usize = 20_000;
const MAX_CUSTOMERS: usize = 200;
const MIN_CUSTOMERS: usize = 20;
/// Scores between two polls.
const POLL_SCORES: usize = 64;

/// The predicted uplift along a feature.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Profile {
    /// The place of the feature.
    pub column: usize,
    /// The points, in the order of the values.
    pub points: Vec<Point>,
}

/// A value of a feature.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point {
    /// The value.
    pub value: Level,
    /// The share of customers with lower values, and half of those in the value's part.
    pub place: f64,
    /// The mean uplift predicted.
    pub uplift: f64,
}

/// A value that a customer may have.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Level {
    /// A number, a boolean or a date.
    Number(f64),
    /// A category.
    Category(String),
}

impl Level {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Number(number) => Value::Number(*number),
            Self::Category(text) => Value::Category(text),
        }
    }
}

/// The values of a feature and their shares; what is left to 1 is missing.
struct Marginal(Vec<(Level, f64)>);

impl Marginal {
    fn of(distribution: &Distribution, encoding: &Description) -> Self {
        Self(match distribution {
            Distribution::Number(numbers) => of_numbers(numbers),
            Distribution::Category(_) => {
                let levels = encoding.levels.iter().cloned().map(Level::Category);
                levels.zip(encoding.level_shares.iter().copied()).collect()
            }
        })
    }

    /// The value below which this share of the customers lie.
    fn at(&self, mut share: f64) -> Value<'_> {
        for (level, own) in &self.0 {
            if share < *own {
                return level.value();
            }
            share -= own;
        }
        Value::Missing
    }
}

/// Each part between two cuts is taken for its upper cut, which is a value that customers have. The part
/// above the last cut may reach far; only where there are few values it stands for the largest.
fn of_numbers(numbers: &NumberDistribution) -> Vec<(Level, f64)> {
    let highest = numbers.range.map(|(_, high)| high).filter(|_| numbers.cuts.len() < 5);
    let last = highest.or(numbers.cuts.last().copied());
    let values = numbers.cuts.iter().copied().chain(last);
    let present = 1.0 - f64::from(numbers.missing);
    let shares = numbers.shares.iter().map(|&share| present * f64::from(share));
    let mut levels: Vec<(Level, f64)> = Vec::new();
    for (value, share) in values.zip(shares).filter(|(_, share)| *share > 0.0) {
        match levels.last_mut() {
            Some((Level::Number(before), sum)) if *before == f64::from(value) => *sum += share,
            _ => levels.push((Level::Number(value.into()), share)),
        }
    }
    levels
}

/// The profiles of some features.
pub(crate) fn profiles(
    model: &TwoStageModel,
    columns: &[usize],
    poll: Poll,
) -> Result<Vec<Profile>> {
    let encodings = model.encodings();
    let distributions = model.report().distributions.iter();
    let marginals: Vec<Marginal> =
        distributions.zip(encodings).map(|(of, encoding)| Marginal::of(of, &encoding)).collect();
    let mut scoring = Scoring { scorer: Scorer::new(model.clone()), marginals, poll };
    columns.iter().map(|&column| scoring.profile(column)).collect()
}

struct Scoring {
    scorer: Scorer,
    marginals: Vec<Marginal>,
    poll: Poll,
}

impl Scoring {
    fn profile(&mut self, column: usize) -> Result<Profile> {
        let levels = self.marginals[column].0.clone();
        let total: f64 = levels.iter().map(|(_, share)| share).sum();
        let mut below = 0.0;
        let mut points = Vec::with_capacity(levels.len());
        for (value, share) in levels {
            let place = (below + 0.5 * share) / total;
            below += share;
            points.push(Point { place, uplift: self.mean_uplift(column, &value)?, value });
        }
        Ok(Profile { column, points })
    }

    /// The mean uplift of drawn customers who have this value of a feature.
    fn mean_uplift(&mut self, column: usize, value: &Level) -> Result<f64> {
        let features = self.marginals.len();
        let customers = (MAX_VALUES / features.max(1)).clamp(MIN_CUSTOMERS, MAX_CUSTOMERS);
        let mut sum = 0.0;
        for customer in 0..customers {
            if customer.is_multiple_of(POLL_SCORES) {
                self.poll.now();
            }
            let values = self.marginals.iter().enumerate().map(|(place, marginal)| {
                if place == column {
                    value.value()
                } else {
                    marginal.at(chance((customer * features + place) as u64))
                }
            });
            sum += self.scorer.score(values)?.uplift();
        }
        Ok(sum / customers as f64)
    }
}

/// An even number in [0, 1) for each index: splitmix64.
fn chance(index: u64) -> f64 {
    let mut bits = index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_drawn_as_often_as_they_occur() {
        let numbers = NumberDistribution {
            cuts: vec![0.0],
            shares: vec![0.75, 0.25],
            range: Some((0.0, 1.0)),
            commonest: Some((0.0, 0.75)),
            missing: 0.2,
            mean: 0.0,
            deviation: 0.0,
        };
        let marginal = Marginal(of_numbers(&numbers));
        let counted = |value: Value| {
            (0..10_000).filter(|&index| marginal.at(chance(index)) == value).count() as f64 / 1e4
        };
        assert!((counted(Value::Number(0.0)) - 0.6).abs() < 0.02);
        assert!((counted(Value::Number(1.0)) - 0.2).abs() < 0.02);
        assert!((counted(Value::Missing) - 0.2).abs() < 0.02);
    }
}
