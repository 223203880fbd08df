//! The target of a training row: its observed segment, exposure and weight.

use super::customer::{CUSTOMER_WORDS, Customer};
use crate::{
    Error, ErrorKind, Result, probability::COMPARABLE_EXPOSURE, segment::Segment, word::Word,
};

/// The observed segment, exposure and weight of a training row.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The observed segment; `None` = unknown: the row is counted and teaches nothing.
    pub segment: Option<Segment>,
    /// `None` = unknown: treated as exposed, and counted.
    pub exposed: Option<bool>,
    /// P(exposed); `None` = the option, or the observed share. A row outside 0.02 to 0.98 is counted
    /// and teaches nothing.
    pub propensity: Option<f64>,
    /// The weight, 0 or more; `None` = 1.
    pub weight: Option<f64>,
    /// The customer, in a sample that keeps customers; `None` = a customer of its own.
    pub customer: Option<Customer>,
}

/// Words behind the features: segment and exposure, weight, propensity, then the customer if the
/// sample keeps customers, and the count.
pub(super) const TARGET_WORDS: usize = 4;

/// Words in front of the customer.
pub(super) const BEFORE_CUSTOMER: usize = TARGET_WORDS - 1;

/// The words of a target, and its customer.
pub(super) type Words = ([Word; BEFORE_CUSTOMER], [Word; CUSTOMER_WORDS]);

/// The bit of the first word that says "exposed".
pub(super) const EXPOSED: u32 = 4;

impl Target {
    /// The words behind the features, without the count; `None` where the row teaches nothing.
    pub(super) fn words(&self) -> Result<Option<Words>> {
        let weight = self.weight.unwrap_or(1.0);
        if !(weight.is_finite() && weight >= 0.0) {
            return Err(Error::new(
                ErrorKind::ValueOutOfRange,
                format!("weight cannot be {weight}"),
            )
            .with_hint("Give a finite weight of 0 or more, or NULL for 1."));
        }
        if let Some(propensity) = self.propensity.filter(|p| !(0.0..=1.0).contains(p)) {
            return Err(Error::new(
                ErrorKind::ValueOutOfRange,
                format!("propensity cannot be {propensity}"),
            )
            .with_hint("Give a propensity from 0.02 to 0.98, or leave such customers out."));
        }
        let Some(segment) = self.segment.filter(|_| weight > 0.0 && self.overlaps()) else {
            return Ok(None);
        };
        let exposed = u32::from(self.exposed.unwrap_or(true)) * EXPOSED;
        // A weight too small for f32 still counts as a weight.
        let weight = (weight as f32).clamp(f32::MIN_POSITIVE, f32::MAX);
        let propensity = self.propensity.map_or(f32::NAN, |p| p as f32);
        let before = [
            Word::of_code(segment as u32 | exposed),
            Word::of_f32(weight),
            Word::of_f32(propensity),
        ];
        Ok(Some((before, Customer::words(self.customer))))
    }

    /// Tells if the row's propensity, where it has one, allows a comparison.
    pub(super) fn overlaps(&self) -> bool {
        self.propensity.is_none_or(|p| COMPARABLE_EXPOSURE.contains(&p))
    }
}
