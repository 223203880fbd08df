//! The counts of new values of a feature, by the bins of the training rows.

use serde::{Deserialize, Serialize};
use two_stage::{column::Value, word::Word};

use super::expected::{Feature, Values};
use crate::sum::Sum;

/// The counts of a feature, or of the uplift.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Counts {
    pub bins: Vec<u64>,
    pub missing: u64,
    /// Numbers beyond the training rows' range, or categories that they did not have.
    pub unknown: u64,
    pub sum: Sum,
}

impl Counts {
    pub fn new(feature: &Feature) -> Self {
        Self { bins: vec![0; feature.shares.len()], missing: 0, unknown: 0, sum: Sum::default() }
    }

    pub fn add(&mut self, feature: &Feature, value: Value) {
        match (&feature.values, value) {
            (Values::Number { cuts, range, .. }, Value::Number(number)) if number.is_finite() => {
                self.add_number(cuts, *range, number);
            }
            (Values::Category { levels }, Value::Category(text)) => {
                let bin = levels.binary_search_by(|level| level.as_str().cmp(text));
                match self.bins.get_mut(bin.unwrap_or(levels.len())) {
                    Some(count) => *count += 1,
                    None => self.unknown += 1,
                }
            }
            _ => self.missing += 1,
        }
    }

    /// Adds a number as the training saw it.
    fn add_number(&mut self, cuts: &[f32], range: Option<(f32, f32)>, number: f64) {
        let known = Word::of_f64(number).number();
        self.bins[cuts.partition_point(|&cut| cut < known)] += 1;
        let is_inside = |(least, largest)| (least..=largest).contains(&known);
        self.unknown += u64::from(!range.is_some_and(is_inside));
        self.sum.add(known.into());
    }

    pub fn merge(&mut self, other: &Self) {
        self.bins.iter_mut().zip(&other.bins).for_each(|(count, other)| *count += other);
        self.missing += other.missing;
        self.unknown += other.unknown;
        self.sum.merge(other.sum);
    }
}
