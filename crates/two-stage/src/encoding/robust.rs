//! The scale of a column of numbers that outliers do not move, from an even sample of its values.

use kernels::signed_logs;

use super::encodings::{CLIP, Measure};
use crate::{column::Kind, poll::Poll};

/// Columns with more skew than this are learned on a logarithmic scale.
const SKEWNESS: f64 = 1.5;
/// The distance of a normal distribution's quartiles, in deviations.
const QUARTILE_DISTANCE: f64 = 1.349;
/// So many scales from 0 a logarithm is almost a straight line.
const FAR_FROM_0: f64 = 5.0;
/// On scales outside of this, a logarithm is a straight line, or tells little but the sign.
const SCALES: std::ops::RangeInclusive<f64> = 1e-3..=1e9;
/// The scale of numbers that are measured by a unit of their own.
const OWN_SCALE: f64 = 8.0;

/// A column's centre and scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct RobustScale {
    centre: f64,
    scale: f64,
}

/// The scale that a column is learned on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Choice {
    pub logarithmic: bool,
    pub measure: Option<Measure>,
    /// The bounds of what is no outlier, on this scale.
    pub robust: RobustScale,
    /// Set where the sample has at most two distinct values.
    pub is_binary: bool,
}

impl RobustScale {
    /// The median and the distance of the quartiles; where the quartiles are equal, those of the
    /// other values; where these are equal too, mean and deviation.
    fn of(sorted: &[(f32, f64)]) -> Self {
        let all = Self::by_quartiles(sorted.iter().copied());
        if all.scale > 0.0 {
            return all;
        }
        // Equal quartiles are the value that has half of the weight.
        let is_other = |&(value, _): &(f32, f64)| f64::from(value) != all.centre;
        let others = Self::by_quartiles(sorted.iter().copied().filter(is_other));
        if others.scale > 0.0 {
            return others;
        }
        let (mean, deviation, _) = moments(sorted, |value| value);
        Self { centre: mean, scale: deviation }
    }

    /// `sorted` has values in ascending order with their weights.
    fn by_quartiles(sorted: impl Iterator<Item = (f32, f64)> + Clone) -> Self {
        let total = sorted.clone().fold(0.0, |total, (_, weight)| total + weight);
        let mut quartiles = [0.25, 0.5, 0.75].map(|share| (share * total, None));
        let mut reached = 0.0;
        for (value, weight) in sorted {
            reached += weight;
            for (target, found) in &mut quartiles {
                if found.is_none() && reached >= *target {
                    *found = Some(f64::from(value));
                }
            }
        }
        let [low, centre, high] = quartiles.map(|(_, found)| found.unwrap_or_default());
        Self { centre, scale: (high - low) / QUARTILE_DISTANCE }
    }

    fn reach(self) -> f64 {
        f64::from(CLIP) * self.scale
    }

    fn clip(self, value: f64) -> f64 {
        value.clamp(self.centre - self.reach(), self.centre + self.reach())
    }

    /// The least and the largest number that are no outliers.
    pub fn bounds(self) -> (f32, f32) {
        ((self.centre - self.reach()) as f32, (self.centre + self.reach()) as f32)
    }

    /// The origin and unit for a logarithm of values of this skewness, where their own do not do.
    /// `sorted` has the values in ascending order.
    fn measure(self, sorted: &[(f32, f64)], skewness: f64) -> Option<Measure> {
        let is_far = self.centre.abs() > FAR_FROM_0 * self.scale;
        let is_usual = SCALES.contains(&self.scale);
        let (low, high) = self.bounds();
        let mut inner = sorted.iter().map(|&(v, _)| v).filter(|v| (low..=high).contains(v));
        let end = if skewness > 0.0 { inner.next() } else { inner.next_back() };
        let exponent = (OWN_SCALE / self.scale).log2().round().clamp(-126.0, 127.0);
        (is_far || !is_usual).then(|| Measure {
            origin: end.filter(|_| is_far).unwrap_or(0.0),
            inverse_unit: if is_usual { 1.0 } else { exponent.exp2() as f32 },
        })
    }
}

impl Choice {
    /// Chooses the scale of a column from some of its values and their weights, in canonical order.
    pub fn of(mut values: Vec<(f32, f64)>, kind: Kind, poll: Poll) -> Self {
        poll.sort(&mut values, &|a, b| a.0.total_cmp(&b.0));
        let robust = RobustScale::of(&values);
        let is_binary = values.chunk_by(|a, b| a.0 == b.0).nth(2).is_none();
        let (_, _, skewness) = moments(&values, |value| robust.clip(value));
        let logarithmic = kind == Kind::Number && !is_binary && skewness.abs() > SKEWNESS;
        let measure = if logarithmic { robust.measure(&values, skewness) } else { None };
        let choice = Self { logarithmic, measure, robust, is_binary };
        if !logarithmic {
            return choice;
        }
        // They stay sorted.
        for (value, _) in &mut values {
            choice.transform(std::slice::from_mut(value));
        }
        Self { robust: RobustScale::of(&values), ..choice }
    }

    /// Puts numbers on the scale that they are learned on, before they are standardised.
    pub fn transform(&self, numbers: &mut [f32]) {
        if let Some(measure) = self.measure {
            numbers.iter_mut().for_each(|number| *number = measure.apply(*number));
        }
        if self.logarithmic {
            signed_logs(numbers);
        }
    }
}

/// Mean, deviation and skewness of what `of` makes of each value.
fn moments(values: &[(f32, f64)], of: impl Fn(f64) -> f64) -> (f64, f64, f64) {
    let mean_of = |of: &dyn Fn(f64) -> f64| {
        let (mut sum, mut total) = (0.0, 0.0);
        for &(value, weight) in values {
            sum += weight * of(value.into());
            total += weight;
        }
        if total > 0.0 { sum / total } else { 0.0 }
    };
    let mean = mean_of(&of);
    let deviation = mean_of(&|value| (of(value) - mean).powi(2)).sqrt();
    let third = mean_of(&|value| (of(value) - mean).powi(3));
    (mean, deviation, if deviation > 0.0 { third / deviation.powi(3) } else { 0.0 })
}
