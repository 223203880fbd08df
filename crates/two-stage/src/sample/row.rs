//! A row of a sample, seen in the buffer.

use super::{
    customer::Customer,
    target::{BEFORE_CUSTOMER, EXPOSED},
};
use crate::{segment::Segment, word::Word};

/// A distinct row of a sample.
#[derive(Clone, Copy)]
pub struct SampleRow<'a> {
    /// The features, in the order of the columns.
    pub features: &'a [Word],
    target: &'a [Word],
}

impl<'a> SampleRow<'a> {
    /// A row of so many features.
    pub(super) fn new(words: &'a [Word], features: usize) -> Self {
        let (features, target) = words.split_at(features);
        Self { features, target }
    }

    /// The segment as it was observed.
    pub fn segment(self) -> Segment {
        match self.target[0].bits() & !EXPOSED {
            0 => Segment::LowEngagement,
            1 => Segment::Organic,
            _ => Segment::CampaignDriven,
        }
    }

    /// Tells if the customer was exposed to the campaign; unknown counts as exposed.
    pub fn exposed(self) -> bool {
        self.target[0].bits() & EXPOSED != 0
    }

    /// The weight of one copy, as it was given.
    pub fn weight(self) -> f32 {
        self.target[1].number()
    }

    /// The given P(exposed).
    pub fn propensity(self) -> Option<f32> {
        Some(self.target[2].number()).filter(|p| !p.is_nan())
    }

    /// The customer; `None` if the row is a customer of its own.
    pub fn customer(self) -> Option<Customer> {
        self.target[BEFORE_CUSTOMER..].first_chunk().copied().and_then(Customer::of_words)
    }

    /// The number of equal rows that this one stands for.
    pub fn count(self) -> u32 {
        self.target[self.target.len() - 1].bits()
    }

    /// The weight of all copies.
    pub fn total_weight(self) -> f64 {
        f64::from(self.weight()) * f64::from(self.count())
    }
}
