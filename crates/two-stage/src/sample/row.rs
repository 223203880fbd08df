//! One training row: what it takes from SQL, and its words in the buffer.

use crate::{Error, ErrorKind, Result, features::Column, segment::Segment};

/// What a training row says beside its features.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// None = nothing is known: the row is counted and teaches nothing.
    pub segment: Option<Segment>,
    /// None = unknown, treated as exposed and counted.
    pub exposed: Option<bool>,
    /// P(exposed); None = the option, or the observed share.
    pub propensity: Option<f64>,
    /// None = 1.
    pub weight: Option<f64>,
}

/// Words behind the features: segment and exposure, weight, propensity, count.
pub(super) const FIELDS_BESIDE: usize = 4;
pub(crate) const MISSING_CODE: u32 = u32::MAX;

const EXPOSED: u32 = 4;
/// A given propensity outside makes weights of more than 50.
const PROPENSITY: std::ops::RangeInclusive<f64> = 0.02..=0.98;

impl Target {
    /// The words beside the features; None where the row teaches nothing.
    pub(super) fn checked(&self) -> Result<Option<[u32; FIELDS_BESIDE]>> {
        let weight = self.weight.unwrap_or(1.0);
        if !(weight.is_finite() && weight >= 0.0) {
            return Err(Error::new(
                ErrorKind::ValueOutOfRange,
                format!("weight cannot be {weight}"),
            )
            .with_hint("Give a finite weight of 0 or more, or NULL for 1."));
        }
        if let Some(propensity) = self.propensity.filter(|p| !PROPENSITY.contains(p)) {
            return Err(Error::new(
                ErrorKind::ValueOutOfRange,
                format!("propensity cannot be {propensity}"),
            )
            .with_hint("Give a propensity from 0.02 to 0.98, or leave such customers out."));
        }
        let Some(segment) = self.segment.filter(|_| weight > 0.0) else {
            return Ok(None);
        };
        let exposed = u32::from(self.exposed.unwrap_or(true)) * EXPOSED;
        // A weight too small for f32 still counts as a weight.
        let weight = (weight as f32).clamp(f32::MIN_POSITIVE, f32::MAX);
        let propensity = self.propensity.map_or(f32::NAN, |p| p as f32);
        Ok(Some([segment as u32 | exposed, weight.to_bits(), propensity.to_bits(), 1]))
    }
}

/// The f32 bits of a number: NaN is missing, -0 is 0, and what passes f32's range is its largest.
pub(super) fn number_word(number: f64, feature: &str) -> Result<u32> {
    Ok(to_f32(number, feature)?.to_bits())
}

/// A feature's value as the network sees it, in training and in scoring alike.
pub(crate) fn to_f32(number: f64, feature: &str) -> Result<f32> {
    if number.is_nan() {
        return Ok(f32::NAN);
    }
    if number.is_infinite() {
        return Err(Error::new(
            ErrorKind::ValueOutOfRange,
            format!("feature \"{feature}\" is {}infinity", if number < 0.0 { "-" } else { "" }),
        )
        .with_hint("Give a finite number, or NULL where the value is missing."));
    }
    Ok(nearest_f32(number))
}

/// The error that names what is infinite, where something is.
pub(crate) fn refuse_infinity<'c>(
    numbers: impl Iterator<Item = f64>,
    columns: impl IntoIterator<Item = &'c Column>,
) -> Result<()> {
    numbers.zip(columns).try_for_each(|(number, column)| to_f32(number, &column.name).map(drop))
}

/// NaN stays NaN; what passes f32's range is its largest.
pub(crate) fn nearest_f32(number: f64) -> f32 {
    (number as f32).clamp(f32::MIN, f32::MAX) + 0.0
}

/// A row in the buffer.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    words: &'a [u32],
}

impl<'a> Row<'a> {
    pub(super) fn new(words: &'a [u32]) -> Self {
        Self { words }
    }

    /// The features: f32 bits (NaN = missing), or a category's code.
    pub fn features(self) -> &'a [u32] {
        &self.words[..self.words.len() - FIELDS_BESIDE]
    }

    fn beside(self, field: usize) -> u32 {
        self.words[self.words.len() - FIELDS_BESIDE + field]
    }

    pub fn segment(self) -> Segment {
        match self.beside(0) & !EXPOSED {
            0 => Segment::LowEngagement,
            1 => Segment::Organic,
            _ => Segment::CampaignDriven,
        }
    }

    pub fn exposed(self) -> bool {
        self.beside(0) & EXPOSED != 0
    }

    pub fn weight(self) -> f32 {
        f32::from_bits(self.beside(1))
    }

    pub fn propensity(self) -> Option<f32> {
        Some(f32::from_bits(self.beside(2))).filter(|p| !p.is_nan())
    }

    /// How many equal rows this one stands for.
    pub fn count(self) -> u32 {
        self.beside(3)
    }
}
