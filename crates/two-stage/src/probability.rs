//! Probabilities and logits: one definition of each for training, scoring and explanations.

use std::ops::RangeInclusive;

/// Keeps the posterior finite where f and c are both 1.
pub(crate) const EPSILON: f64 = 1e-6;

/// Logits are clipped to ± this: beyond it a probability is as good as 0 or 1.
pub(crate) const MAX_LOGIT: f64 = 12.0;

/// The exposure probabilities that exposed and unexposed customers can be compared by: outside, a
/// row's inverse weight is above 50.
pub(crate) const COMPARABLE_EXPOSURE: RangeInclusive<f64> = 0.02..=0.98;

/// σ(z) = 1 / (1 + e^−z).
pub(crate) fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// log(p / (1 − p)).
pub(crate) fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

/// log σ(z), exact far from 0.
pub(crate) fn log_sigmoid(z: f64) -> f64 {
    if z > 0.0 { -(-z).exp().ln_1p() } else { z - z.exp().ln_1p() }
}

/// log Σ e^z, without overflow.
pub(crate) fn log_sum_exp(values: &[f64]) -> f64 {
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    largest + values.iter().map(|value| (value - largest).exp()).sum::<f64>().ln()
}

/// The softmax of three logits, in f64.
pub(crate) fn softmax(logits: [f64; 3]) -> [f64; 3] {
    let [a, b, c] = logits;
    let largest = a.max(b).max(c);
    let exponentials = logits.map(|z| (z - largest).exp());
    let total: f64 = exponentials.iter().sum();
    exponentials.map(|e| e / total)
}

/// The logarithms of the softmax of three logits.
pub(crate) fn log_softmax(logits: [f64; 3]) -> [f64; 3] {
    let total = log_sum_exp(&logits);
    logits.map(|logit| logit - total)
}

/// t: the probability that an exposed, engaged customer without a campaign label is
/// campaign-driven. f is that probability before the label is looked at, c the label frequency.
pub(crate) fn posterior(f: f64, c: f64) -> f64 {
    f * (1.0 - c) / (1.0 - c * f + EPSILON)
}
