//! The losses of one row in f64, each with its gradient by the logits (docs/method.md). The
//! kernels make the probabilities from a block's logits in f32.

use super::engine::{Logistic, Softmax};
use crate::probability::{EPSILON, log_sigmoid, sigmoid};

/// The probability to engage relative to an exposed customer's, (1−e)(1−f) + e. It is
/// 1 / P(exposed | engaged) up to a factor that no network can change.
fn engagement(f: f64, e: f64) -> f64 {
    (1.0 - e) * (1.0 - f) + e
}

/// The loss of label correction: −t log f − (1−t) log(1−f) + log((1−e)(1−f)+e), t held constant.
pub fn intent(chance: Logistic, t: f64, e: f64) -> (f64, f64) {
    let Logistic { f, log_f, log_not_f } = chance;
    let (loss, slope) = (-t * log_f - (1.0 - t) * log_not_f, f - t);
    if e == 1.0 {
        return (loss, slope);
    }
    let engagement = engagement(f, e);
    (loss + engagement.ln(), slope - (1.0 - e) * f * (1.0 - f) / engagement)
}

/// The loss of the label frequency: −t·(s log c + (1−s) log(1−c)), t held constant.
pub fn attribution(c: Logistic, t: f64, labelled: bool) -> (f64, f64) {
    let s = f64::from(u8::from(labelled));
    (-t * (s * c.log_f + (1.0 - s) * c.log_not_f), t * (c.f - s))
}

/// The validation loss of label correction: −log of the probability of an engaged customer's record
/// (labelled; exposed and not labelled; unexposed).
pub fn observed(f: f64, c: f64, e: f64, labelled: bool, exposed: bool) -> f64 {
    let f = f.clamp(EPSILON, 1.0 - EPSILON);
    let seen = match (labelled, exposed) {
        (true, _) => (c * f).ln(),
        (false, true) => (1.0 - c * f + EPSILON).ln(),
        (false, false) => (1.0 - f).ln(),
    };
    engagement(f, e).ln() - seen
}

/// The loss [`observed`] without its bounds, and its slope. The slope of the intent minimises it.
pub fn observed_slope(z: f64, c: f64, e: f64, labelled: bool, exposed: bool) -> (f64, f64) {
    let f = sigmoid(z);
    let curve = f * (1.0 - f);
    let (seen, slope) = match (labelled, exposed) {
        (true, _) => (c.ln() + log_sigmoid(z), 1.0 - f),
        (false, true) => ((1.0 - c * f).ln(), -c * curve / (1.0 - c * f)),
        (false, false) => (log_sigmoid(-z), -f),
    };
    let engagement = engagement(f, e);
    (engagement.ln() - seen, -(1.0 - e) * curve / engagement - slope)
}

/// The loss of segmentation: −Σ target log p.
pub fn segmentation(Softmax { p, log_p }: Softmax, target: [f64; 3]) -> (f64, [f64; 3]) {
    let loss = -(0..3).map(|k| target[k] * log_p[k]).sum::<f64>();
    (loss, std::array::from_fn(|k| p[k] - target[k]))
}

/// The loss of an unexposed, not engaged customer, who may be campaign-driven if exposed:
/// −log(1 − p_organic).
pub fn not_organic(Softmax { p, .. }: Softmax) -> (f64, [f64; 3]) {
    let either = (p[0] + p[2]).max(f64::MIN_POSITIVE);
    (-either.ln(), [p[0] - p[0] / either, p[1], p[2] - p[2] / either])
}

/// The validation loss of an exposed, engaged customer without the campaign label:
/// −log(p_O + (1−c) p_C).
pub fn unlabelled(Softmax { p, .. }: Softmax, c: f64) -> f64 {
    -(p[1] + (1.0 - c) * p[2]).max(f64::MIN_POSITIVE).ln()
}

/// The network's own belief that such a customer is campaign-driven: (1−c) p_C / (p_O + (1−c) p_C).
pub fn believed(Softmax { p, .. }: Softmax, c: f64) -> f64 {
    let hidden = (1.0 - c) * p[2];
    hidden / (p[1] + hidden).max(f64::MIN_POSITIVE)
}

/// The focal loss of Zhang et al., −(y log p + (1−y) log(1−p))·q², q = 1−p where y = 1, p where y = 0,
/// with the gradient flowing through q.
pub fn splc(z: f64, y: bool) -> (f64, f64) {
    // The loss of y = 0 is that of y = 1 mirrored at z = 0.
    let sign = if y { 1.0 } else { -1.0 };
    let (log_p, q) = (log_sigmoid(sign * z), sigmoid(-sign * z));
    let p = 1.0 - q;
    (-log_p * q * q, sign * (2.0 * p * q * q * log_p - q.powi(3)))
}

#[cfg(test)]
mod tests;
