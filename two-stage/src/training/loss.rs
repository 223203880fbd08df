//! The losses of one row in f64, each with its gradient by the logits (algorithm steps 1 and 3).

/// Keeps the posterior finite where f and c are both 1.
const EPSILON: f64 = 1e-6;

pub fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

pub fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

/// log σ(z), exact far from 0.
fn log_sigmoid(z: f64) -> f64 {
    if z > 0.0 { -(-z).exp().ln_1p() } else { z - z.exp().ln_1p() }
}

/// t: the chance that an exposed, engaged, unlabelled customer is campaign-driven, where f is the
/// chance before its label is known and c the label frequency.
pub fn posterior(f: f64, c: f64) -> f64 {
    f * (1.0 - c) / (1.0 - c * f + EPSILON)
}

/// P(exposed | engaged, intent f) but for a factor that no network can change:
/// (1−e)(1−f) + e is the chance to engage, relative to an exposed customer's.
fn engagement(f: f64, e: f64) -> f64 {
    (1.0 - e) * (1.0 - f) + e
}

/// −t log f − (1−t) log(1−f) + log((1−e)(1−f)+e), f = σ(z), t held constant.
pub fn intent(z: f64, t: f64, e: f64) -> (f64, f64) {
    let f = sigmoid(z);
    let engagement = engagement(f, e);
    let loss = -t * log_sigmoid(z) - (1.0 - t) * log_sigmoid(-z) + engagement.ln();
    (loss, f - t - (1.0 - e) * f * (1.0 - f) / engagement)
}

/// −t·(s log c + (1−s) log(1−c)), c = σ(z), t held constant.
pub fn attribution(z: f64, t: f64, labelled: bool) -> (f64, f64) {
    let s = f64::from(u8::from(labelled));
    (-t * (s * log_sigmoid(z) + (1.0 - s) * log_sigmoid(-z)), t * (sigmoid(z) - s))
}

/// How likely what was seen of an engaged customer is, as a loss: labelled, exposed and not
/// labelled, or unexposed.
pub fn observed(z: f64, c: f64, e: f64, labelled: bool, exposed: bool) -> f64 {
    let f = sigmoid(z).clamp(EPSILON, 1.0 - EPSILON);
    let seen = match (labelled, exposed) {
        (true, _) => (c * f).ln(),
        (false, true) => (1.0 - c * f + EPSILON).ln(),
        (false, false) => (1.0 - f).ln(),
    };
    engagement(f, e).ln() - seen
}

/// The same loss without its bounds, and its slope: what step 4 maximises.
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

/// −Σ target log p, p = softmax(z).
pub fn segmentation(z: [f64; 3], target: [f64; 3]) -> (f64, [f64; 3]) {
    let (p, log_p) = log_softmax(z);
    let loss = -(0..3).map(|k| target[k] * log_p[k]).sum::<f64>();
    (loss, std::array::from_fn(|k| p[k] - target[k]))
}

/// −log(1 − p_organic): low, or campaign-driven if it had been exposed.
pub fn not_organic(z: [f64; 3]) -> (f64, [f64; 3]) {
    let (p, _) = log_softmax(z);
    let either = (p[0] + p[2]).max(f64::MIN_POSITIVE);
    (-either.ln(), [p[0] - p[0] / either, p[1], p[2] - p[2] / either])
}

/// −log(p_O + (1−c) p_C): an exposed, engaged customer without the campaign label.
pub fn unlabelled(z: [f64; 3], c: f64) -> f64 {
    let (p, _) = log_softmax(z);
    -(p[1] + (1.0 - c) * p[2]).max(f64::MIN_POSITIVE).ln()
}

/// (1−c) p_C / (p_O + (1−c) p_C): how likely a network thinks such a customer is campaign-driven.
pub fn believed(z: [f64; 3], c: f64) -> f64 {
    let (p, _) = log_softmax(z);
    let hidden = (1.0 - c) * p[2];
    hidden / (p[1] + hidden).max(f64::MIN_POSITIVE)
}

/// Zhang et al.'s focal loss −(y log p + (1−y) log(1−p))·q², q = 1−p where y = 1, p where y = 0,
/// with the gradient flowing through q.
pub fn splc(z: f64, y: bool) -> (f64, f64) {
    // The loss of y = 0 is that of y = 1 mirrored at z = 0.
    let sign = if y { 1.0 } else { -1.0 };
    let (log_p, q) = (log_sigmoid(sign * z), sigmoid(-sign * z));
    let p = 1.0 - q;
    (-log_p * q * q, sign * (2.0 * p * q * q * log_p - q.powi(3)))
}

fn log_softmax(z: [f64; 3]) -> ([f64; 3], [f64; 3]) {
    let largest = z[0].max(z[1]).max(z[2]);
    let total = z.map(|z| (z - largest).exp()).iter().sum::<f64>().ln() + largest;
    let log_p = z.map(|z| z - total);
    (log_p.map(f64::exp), log_p)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STEP: f64 = 1e-5;

    fn slope(loss: impl Fn(f64) -> f64, z: f64) -> f64 {
        (loss(z + STEP) - loss(z - STEP)) / (2.0 * STEP)
    }

    proptest! {
        #[test]
        fn the_intent_gradient_is_the_slope(z in -8.0..8.0, t in 0.0..1.0, e in 0.02..1.0) {
            let expected = slope(|z| intent(z, t, e).0, z);
            prop_assert!((intent(z, t, e).1 - expected).abs() < 1e-6);
        }

        #[test]
        fn the_attribution_gradient_is_the_slope(z in -8.0..8.0, t in 0.0..1.0, labelled: bool) {
            let expected = slope(|z| attribution(z, t, labelled).0, z);
            prop_assert!((attribution(z, t, labelled).1 - expected).abs() < 1e-6);
        }

        #[test]
        fn the_slope_of_what_was_observed_is_the_slope(
            z in -8.0..8.0, c in 0.01..0.99, e in 0.02..0.98, labelled: bool, exposed: bool
        ) {
            let expected = slope(|z| observed_slope(z, c, e, labelled, exposed).0, z);
            prop_assert!((observed_slope(z, c, e, labelled, exposed).1 - expected).abs() < 1e-6);
            let bounded = observed(z, c, e, labelled, exposed);
            prop_assert!((observed_slope(z, c, e, labelled, exposed).0 - bounded).abs() < 1e-3);
        }

        #[test]
        fn the_splc_gradient_is_the_slope(z in -8.0..8.0, y: bool) {
            let expected = slope(|z| splc(z, y).0, z);
            prop_assert!((splc(z, y).1 - expected).abs() < 1e-6);
        }

        #[test]
        fn the_segment_gradients_are_the_slopes(
            z in prop::array::uniform3(-6.0..6.0), t in 0.0..1.0, k in 0_usize..3
        ) {
            let moved = |value: f64| { let mut z = z; z[k] = value; z };
            let target = [0.0, 1.0 - t, t];
            let expected = slope(|value| segmentation(moved(value), target).0, z[k]);
            prop_assert!((segmentation(z, target).1[k] - expected).abs() < 1e-6);
            let expected = slope(|value| not_organic(moved(value)).0, z[k]);
            prop_assert!((not_organic(z).1[k] - expected).abs() < 1e-6);
        }

        #[test]
        fn the_posterior_is_a_chance_that_grows_with_the_intent(f in 0.0..=0.99, c in 0.0..=1.0) {
            let t = posterior(f, c);
            prop_assert!((0.0..=1.0).contains(&t));
            prop_assert!(t <= f + 1e-9, "an unlabelled customer is less likely campaign-driven");
            prop_assert!(posterior(f + 0.01, c) >= t);
        }
    }

    #[test]
    fn losses_are_finite_far_out() {
        for z in [-800.0, 800.0] {
            assert!(intent(z, 0.5, 0.6).0.is_finite());
            assert!(attribution(z, 0.5, true).0.is_finite());
            assert!(observed(z, 0.5, 0.6, true, true).is_finite());
            assert!(segmentation([z, 0.0, -z], [0.0, 1.0, 0.0]).0.is_finite());
            assert!(not_organic([-z, z, -z]).0.is_finite());
            assert!(unlabelled([z, -z, -z], 0.5).is_finite());
            assert!(believed([z, -z, -z], 0.5).is_finite());
            assert!(splc(z, true).0.is_finite());
        }
    }
}
