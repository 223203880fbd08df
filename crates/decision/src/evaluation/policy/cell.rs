//! The sums of the rows with the same campaign recommended and the same one sent.

use serde::{Deserialize, Serialize};

use crate::sum::Sum;

/// Sums over rows of weight w, inverse weight u = w / chance, and outcome y.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Cell {
    pub rows: u64,
    /// The sums of w, and of w².
    pub weight: Sum,
    pub weight_weight: Sum,
    /// The sums of u, u² and uw.
    inverse: Sum,
    inverse_inverse: Sum,
    inverse_weight: Sum,
    /// The sums of uy, and of it times itself, u, and w.
    outcome: Sum,
    outcome_outcome: Sum,
    outcome_inverse: Sum,
    outcome_weight: Sum,
}

impl Cell {
    pub fn add(&mut self, outcome: f64, weight: f64, inverse: f64) {
        let outcome = inverse * outcome;
        self.rows += 1;
        self.weight.add(weight);
        self.weight_weight.add_product(weight, weight);
        self.inverse.add(inverse);
        self.inverse_inverse.add_product(inverse, inverse);
        self.inverse_weight.add_product(inverse, weight);
        self.outcome.add(outcome);
        self.outcome_outcome.add_product(outcome, outcome);
        self.outcome_inverse.add_product(outcome, inverse);
        self.outcome_weight.add_product(outcome, weight);
    }

    pub fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.weight.merge(other.weight);
        self.weight_weight.merge(other.weight_weight);
        self.inverse.merge(other.inverse);
        self.inverse_inverse.merge(other.inverse_inverse);
        self.inverse_weight.merge(other.inverse_weight);
        self.outcome.merge(other.outcome);
        self.outcome_outcome.merge(other.outcome_outcome);
        self.outcome_inverse.merge(other.outcome_inverse);
        self.outcome_weight.merge(other.outcome_weight);
    }

    /// The mean outcome.
    pub fn mean(&self) -> f64 {
        self.outcome.value() / self.inverse()
    }

    /// The sum of u.
    pub fn inverse(&self) -> f64 {
        self.inverse.value()
    }

    /// The sum of the squares of u(y − mean).
    pub fn squares(&self) -> f64 {
        let mean = Sum::from(self.mean());
        let two = Sum::from(2.0);
        let rest = two * self.outcome_inverse - mean * self.inverse_inverse;
        (self.outcome_outcome - mean * rest).value().max(0.0)
    }

    /// The sum of w·u(y − mean).
    pub fn products(&self) -> f64 {
        (self.outcome_weight - Sum::from(self.mean()) * self.inverse_weight).value()
    }

    pub fn is_finite(&self) -> bool {
        self.outcome_outcome.is_finite() && self.inverse_inverse.is_finite()
    }
}
