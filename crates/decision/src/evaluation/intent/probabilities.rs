//! The figures of scores that are probabilities. Each is a function of sums over the rows.

use serde::{Deserialize, Serialize};

use crate::sum::Sum;

/// Bins of equal width of the calibration error.
const BINS: usize = 15;
/// A row is predicted to be so above this.
const THRESHOLD: f64 = 0.5;

/// Sums over rows of weight w, probability p, and y, which is 1 where it is so.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Probabilities {
    /// Set once a score was no probability.
    has_others: bool,
    /// The weights by what is so, then by what is predicted.
    confusion: [[Sum; 2]; 2],
    /// The sums of wp, wp² and wyp.
    predicted: Sum,
    squares: Sum,
    products: Sum,
    /// The sums of w(p − y)², and of w by minus the logarithm of the probability of what was so.
    distances: Sum,
    surprises: Sum,
    /// The sums of w(y − p) within bins of p.
    misses: [Sum; BINS],
}

/// The figures of probabilities. One is `None` where no row has what it needs.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ProbabilityFigures {
    /// The mean of minus the logarithm of the probability of what was so.
    pub log_loss: Option<f64>,
    /// The mean squared difference of probability and truth.
    pub brier: Option<f64>,
    /// The mean difference of probability and observed share over 15 bins of equal width (ECE).
    pub calibration_error: Option<f64>,
    /// The slope of the truth over the probability.
    pub calibration_slope: Option<f64>,
    /// The share of rows that are right, predicting what has a probability above one half.
    pub accuracy: Option<f64>,
    /// The share of those predicted to be so that are.
    pub precision: Option<f64>,
    /// The share of those that are so that are predicted.
    pub recall: Option<f64>,
    /// The harmonic mean of precision and recall.
    pub f1: Option<f64>,
}

impl Probabilities {
    /// Adds a row.
    pub fn add(&mut self, actual: bool, score: f64, weight: f64) {
        self.has_others |= !(0.0..=1.0).contains(&score);
        if self.has_others {
            return;
        }
        let truth = f64::from(u8::from(actual));
        self.confusion[usize::from(actual)][usize::from(score > THRESHOLD)].add(weight);
        self.predicted.add_product(weight, score);
        self.squares.add_product(weight * score, score);
        if actual {
            self.products.add_product(weight, score);
        }
        let distance = score - truth;
        self.distances.add(weight * distance * distance);
        let chance = if actual { score } else { 1.0 - score };
        self.surprises.add(-weight * chance.clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln());
        let bin = ((score * BINS as f64) as usize).min(BINS - 1);
        self.misses[bin].add_product(weight, -distance);
    }

    /// Adds the sums of other rows.
    pub fn merge(&mut self, other: &Self) {
        self.has_others |= other.has_others;
        for (own, more) in self.sums().zip(other.clone().sums()) {
            own.merge(*more);
        }
    }

    fn sums(&mut self) -> impl Iterator<Item = &mut Sum> {
        let others = [
            &mut self.predicted,
            &mut self.squares,
            &mut self.products,
            &mut self.distances,
            &mut self.surprises,
        ];
        self.confusion.iter_mut().flatten().chain(others).chain(&mut self.misses)
    }

    /// The figures. `varies` tells that not all scores are equal.
    pub fn figures(&self, varies: bool) -> ProbabilityFigures {
        let [[right_negative, wrong_positive], [wrong_negative, right_positive]] = self.confusion;
        let total = |terms: &[Sum]| {
            let mut sum = Sum::default();
            terms.iter().for_each(|&term| sum.merge(term));
            sum
        };
        let positive = total(&[wrong_negative, right_positive]);
        let all = total(&[right_negative, wrong_positive, positive]);
        if self.has_others || all.value() <= 0.0 {
            return ProbabilityFigures::default();
        }
        let share =
            |part: Sum, whole: Sum| (whole.value() > 0.0).then(|| part.value() / whole.value());
        let misses: f64 = self.misses.iter().map(|miss| miss.value().abs()).sum();
        let both = total(&[right_positive, right_positive]);
        let covariance = all * self.products - positive * self.predicted;
        let variance = all * self.squares - self.predicted * self.predicted;
        ProbabilityFigures {
            log_loss: share(self.surprises, all),
            brier: share(self.distances, all),
            calibration_error: Some(misses / all.value()),
            calibration_slope: share(covariance, variance).filter(|_| varies),
            accuracy: share(total(&[right_negative, right_positive]), all),
            precision: share(right_positive, total(&[wrong_positive, right_positive])),
            recall: share(right_positive, positive),
            f1: share(both, total(&[both, wrong_positive, wrong_negative])),
        }
    }
}
