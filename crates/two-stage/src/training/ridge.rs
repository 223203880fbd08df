//! Logistic regression with a ridge, by Newton's method with conjugate gradients: for few rows and
//! rough questions, where a network's gradient steps would not come far.

use super::{
    observer::Step,
    rows::{TrainingRow, TrainingRows},
    run::Run,
};
use crate::{
    probability::{log_sigmoid, sigmoid},
    word::RowIndex,
};

/// Steps of Newton's method at most, and of conjugate gradients within each.
const MAX_STEPS: usize = 20;
const MAX_INNER_STEPS: usize = 30;
/// The mean gradient that ends the fit.
const TOLERANCE: f64 = 1e-5;
/// The part of its start that the residual of conjugate gradients comes down to.
const INNER_TOLERANCE: f64 = 0.05;
/// Inputs of all rows together at most.
const MAX_INPUTS: usize = 1 << 24;

/// The largest number of rows that a fit holds the inputs of.
pub(super) fn max_rows(rows: &TrainingRows) -> usize {
    MAX_INPUTS / rows.encoder.inputs().max(1)
}

/// The weights of the inputs, then the bias.
pub(super) struct Ridge(Vec<f64>);

impl Ridge {
    /// Fits the probability that `label` holds. `ridge` is the penalty of half a squared weight,
    /// beside the sum of the rows' losses; the bias has none.
    pub fn fit(
        rows: &TrainingRows,
        run: &mut Run,
        step: Step,
        list: &[RowIndex],
        ridge: f64,
        label: impl Fn(&TrainingRow) -> bool,
    ) -> Self {
        let mut inputs = vec![0.0; list.len() * rows.encoder.inputs()];
        rows.encode(list, &mut inputs);
        let of_row = |row: TrainingRow| (row.weight, f64::from(u8::from(label(&row))));
        let (weights, labels) = rows.of(list).map(of_row).unzip();
        let loss = Loss { width: rows.encoder.inputs(), inputs, weights, labels, ridge };
        Self(loss.minimise(|| run.enter(step)))
    }

    /// The logit of a row's inputs.
    pub fn logit(&self, inputs: &[f32]) -> f64 {
        let bias = self.0[inputs.len()];
        self.0.iter().zip(inputs).fold(bias, |sum, (w, &x)| sum + w * f64::from(x))
    }
}

/// The penalised loss of some rows.
struct Loss {
    width: usize,
    /// Rows × inputs.
    inputs: Vec<f32>,
    weights: Vec<f64>,
    labels: Vec<f64>,
    ridge: f64,
}

impl Loss {
    /// X·v, with the bias last in v.
    fn logits(&self, v: &[f64]) -> Vec<f64> {
        let (bias, v) = (v[self.width], &v[..self.width]);
        (0..self.labels.len())
            .map(|row| {
                let inputs = &self.inputs[row * self.width..][..self.width];
                v.iter().zip(inputs).fold(bias, |sum, (v, &x)| sum + v * f64::from(x))
            })
            .collect()
    }

    /// Xᵀ·r + ridge·v, with the bias last.
    fn transposed(&self, r: &[f64], v: &[f64]) -> Vec<f64> {
        let mut sums: Vec<f64> = v[..self.width].iter().map(|v| self.ridge * v).collect();
        for (row, r) in r.iter().enumerate() {
            let inputs = &self.inputs[row * self.width..][..self.width];
            sums.iter_mut().zip(inputs).for_each(|(sum, &x)| *sum += r * f64::from(x));
        }
        sums.push(r.iter().sum());
        sums
    }

    fn value(&self, v: &[f64], logits: &[f64]) -> f64 {
        let penalty = 0.5 * self.ridge * dot(&v[..self.width], &v[..self.width]);
        let rows = logits.iter().zip(&self.labels).zip(&self.weights);
        rows.fold(penalty, |sum, ((&z, y), w)| {
            sum - w * (y * log_sigmoid(z) + (1.0 - y) * log_sigmoid(-z))
        })
    }

    fn minimise(&self, mut poll: impl FnMut()) -> Vec<f64> {
        let mut v = vec![0.0; self.width + 1];
        let total: f64 = self.weights.iter().sum();
        for _ in 0..MAX_STEPS {
            poll();
            let logits = self.logits(&v);
            let chances: Vec<f64> = logits.iter().map(|&z| sigmoid(z)).collect();
            let rows = chances.iter().zip(&self.labels).zip(&self.weights);
            let residuals: Vec<f64> = rows.map(|((p, y), w)| w * (p - y)).collect();
            let gradient = self.transposed(&residuals, &v);
            if gradient.iter().all(|g| g.abs() <= TOLERANCE * total) {
                break;
            }
            let curvature = chances.iter().zip(&self.weights).map(|(p, w)| w * p * (1.0 - p));
            let step = self.newton_step(&curvature.collect::<Vec<_>>(), &gradient, &mut poll);
            let value = self.value(&v, &logits);
            if !self.descend(&mut v, &step, value) {
                break;
            }
        }
        v
    }

    /// Solves H·step = gradient roughly, by conjugate gradients.
    fn newton_step(
        &self,
        curvature: &[f64],
        gradient: &[f64],
        poll: &mut impl FnMut(),
    ) -> Vec<f64> {
        let mut step = vec![0.0; gradient.len()];
        let mut residual = gradient.to_vec();
        let mut direction = residual.clone();
        let mut square = dot(&residual, &residual);
        let least = square * INNER_TOLERANCE * INNER_TOLERANCE;
        for _ in 0..MAX_INNER_STEPS {
            poll();
            let bent: Vec<f64> =
                self.logits(&direction).iter().zip(curvature).map(|(z, c)| z * c).collect();
            let product = self.transposed(&bent, &direction);
            let length = square / dot(&direction, &product);
            if !length.is_finite() {
                break;
            }
            add_scaled(&mut step, length, &direction);
            add_scaled(&mut residual, -length, &product);
            let next = dot(&residual, &residual);
            if next <= least {
                break;
            }
            direction.iter_mut().zip(&residual).for_each(|(d, r)| *d = r + next / square * *d);
            square = next;
        }
        step
    }

    /// Goes against the step as far as the loss falls, and tells if it did.
    fn descend(&self, v: &mut Vec<f64>, step: &[f64], value: f64) -> bool {
        (0..10).any(|halvings| {
            let mut there = v.clone();
            add_scaled(&mut there, -0.5_f64.powi(halvings), step);
            let falls = self.value(&there, &self.logits(&there)) < value;
            if falls {
                *v = there;
            }
            falls
        })
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add_scaled(sums: &mut [f64], factor: f64, of: &[f64]) {
    sums.iter_mut().zip(of).for_each(|(sum, of)| *sum += factor * of);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gradient_vanishes_at_the_minimum() {
        let inputs: Vec<f32> = (0..200).map(|i| ((i * 37 % 41) as f32 - 20.0) / 10.0).collect();
        let labels: Vec<f64> = (0..100).map(|i| f64::from(u8::from(i * 13 % 7 < 3))).collect();
        let weights = (0..100).map(|i| 0.5 + f64::from(i % 3)).collect();
        let loss = Loss { width: 2, inputs, weights, labels, ridge: 0.3 };
        let v = loss.minimise(|| ());
        let least = loss.value(&v, &loss.logits(&v));
        for input in 0..3 {
            for move_by in [-1e-2, 1e-2] {
                let mut there = v.clone();
                there[input] += move_by;
                assert!(loss.value(&there, &loss.logits(&there)) > least, "{input} {v:?}");
            }
        }
    }
}
