//! The span of each feature's numbers as they came, before they were rounded to 32 bits.

use serde::{Deserialize, Serialize};

use crate::column::Value;

/// The least and the largest number of each feature, and its infinite dates, over all rows that
/// entered the sample.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Spans {
    low: Vec<f64>,
    high: Vec<f64>,
    infinite_dates: Vec<u64>,
}

impl Spans {
    pub(super) fn new(features: usize) -> Self {
        Self {
            low: vec![f64::INFINITY; features],
            high: vec![f64::NEG_INFINITY; features],
            infinite_dates: vec![0; features],
        }
    }

    /// Adds a row of finite numbers; NaN is missing.
    #[inline]
    pub(super) fn add_numbers(&mut self, numbers: impl Iterator<Item = f64>) {
        // Comparisons without a branch are compiled to vector instructions.
        for ((number, low), high) in numbers.zip(&mut self.low).zip(&mut self.high) {
            *low = if number < *low { number } else { *low };
            *high = if number > *high { number } else { *high };
        }
    }

    /// Adds a value of a feature; an infinite one is a date.
    pub(super) fn add(&mut self, feature: usize, value: Value) {
        let Value::Number(number) = value else {
            return;
        };
        let place = (self.low.get_mut(feature), self.high.get_mut(feature));
        match (place, self.infinite_dates.get_mut(feature)) {
            (_, Some(dates)) if number.is_infinite() => *dates += 1,
            ((Some(low), Some(high)), _) => {
                *low = low.min(number);
                *high = high.max(number);
            }
            _ => {}
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (ours, theirs) in self.low.iter_mut().zip(&other.low) {
            *ours = ours.min(*theirs);
        }
        for (ours, theirs) in self.high.iter_mut().zip(&other.high) {
            *ours = ours.max(*theirs);
        }
        for (ours, theirs) in self.infinite_dates.iter_mut().zip(&other.infinite_dates) {
            *ours += *theirs;
        }
    }

    /// The least and the largest number of a feature; `None` if it has no number.
    pub(crate) fn of(&self, feature: usize) -> Option<(f64, f64)> {
        let span = (*self.low.get(feature)?, *self.high.get(feature)?);
        (span.0 <= span.1).then_some(span)
    }

    /// The number of infinite dates of a feature.
    pub(crate) fn infinite_dates(&self, feature: usize) -> u64 {
        self.infinite_dates.get(feature).copied().unwrap_or(0)
    }
}
