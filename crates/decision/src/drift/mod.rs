//! Drift: how customers differ from those that a model was trained on, feature by feature.
//!
//! A population stability index over tenths says how much; a chi-square test says if chance explains it.

mod counts;
mod expected;
mod finding;

pub use expected::Expected;
pub use finding::Finding;

use serde::{Deserialize, Serialize};
use two_stage::{Error, ErrorKind, Result, column::Value};

use counts::Counts;
use expected::{Feature, Values};

/// New customers beside those that a model was trained on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Drift {
    expected: Expected,
    counts: Vec<Counts>,
    rows: u64,
}

impl Drift {
    /// Starts without customers.
    pub fn new(expected: Expected) -> Self {
        Self { counts: expected.features.iter().map(Counts::new).collect(), expected, rows: 0 }
    }

    /// Adds a customer, with a value for each feature in the model's order, and the uplift.
    pub fn add<'v>(&mut self, values: impl Iterator<Item = Value<'v>>, uplift: f64) {
        let values = values.chain([Value::Number(uplift)]);
        for ((counts, feature), value) in
            self.counts.iter_mut().zip(&self.expected.features).zip(values)
        {
            counts.add(feature, value);
        }
        self.rows += 1;
    }

    /// Adds the customers of another part, which were compared with the same model.
    pub fn merge(&mut self, other: Self) -> Result<()> {
        if self.expected != other.expected {
            return Err(Error::new(
                ErrorKind::InvalidParameter,
                "feature_drift was given different models",
            )
            .with_hint("Group by the model."));
        }
        self.counts.iter_mut().zip(&other.counts).for_each(|(counts, other)| counts.merge(other));
        self.rows += other.rows;
        Ok(())
    }

    /// The finding for each feature, then for the uplift.
    pub fn findings(&self) -> Vec<Finding> {
        let of_features = self.expected.features.iter().zip(&self.counts);
        of_features.map(|(feature, counts)| Finding::new(feature, counts, self.rows)).collect()
    }

    /// The memory that it holds, about.
    pub fn bytes(&self) -> usize {
        const OF_FEATURE: usize = 512;
        let bins: usize = self.counts.iter().map(|counts| counts.bins.len()).sum();
        self.counts.len() * OF_FEATURE + bins * 64
    }

    /// Tells if its parts fit together, when it came as bytes.
    pub fn is_sound(&self) -> bool {
        let fits = |(feature, counts): (&Feature, &Counts)| {
            let bins = feature.shares.len();
            let wanted = match &feature.values {
                Values::Number { cuts, .. } => cuts.len() + 1..=cuts.len() + 1,
                Values::Category { levels } => levels.len()..=levels.len() + 1,
            };
            counts.bins.len() == bins && wanted.contains(&bins)
        };
        self.counts.len() == self.expected.features.len()
            && self.expected.features.iter().zip(&self.counts).all(fits)
    }
}

#[cfg(test)]
mod tests;
