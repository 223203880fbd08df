//! The losses of one row in f64, each with its gradient by the logits (algorithm steps 1 and 3), from
//! what the kernels make of a block's logits in f32.

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

/// A chance f = σ(z), with its logarithms.
#[derive(Debug, Clone, Copy, Default)]
pub struct Logistic {
    pub f: f64,
    pub log_f: f64,
    pub log_not_f: f64,
}

/// The chances of the three segments, p = softmax(z), with their logarithms.
#[derive(Debug, Clone, Copy)]
pub struct Softmax {
    pub p: [f64; 3],
    pub log_p: [f64; 3],
}

/// Rows whose chances are on the stack at once.
const BLOCK: usize = 64;

/// Calls `each` with every row's place and the chances that its one or two logits stand for.
pub fn for_each_logistic(logits: &[f32], outputs: usize, mut each: impl FnMut(usize, &[Logistic])) {
    let (mut f, mut log_rests) = ([0.0; 2 * BLOCK], [0.0; 2 * BLOCK]);
    let mut chances = [Logistic::default(); 2];
    for (block, logits) in logits.chunks(outputs * BLOCK).enumerate() {
        let (f, log_rests) = (&mut f[..logits.len()], &mut log_rests[..logits.len()]);
        kernels::logistic(logits, f, log_rests);
        for row in 0..logits.len() / outputs {
            for (output, chance) in chances[..outputs].iter_mut().enumerate() {
                let place = row * outputs + output;
                let (z, log_rest) = (f64::from(logits[place]), f64::from(log_rests[place]));
                *chance = Logistic {
                    f: f64::from(f[place]),
                    log_f: z.min(0.0) - log_rest,
                    log_not_f: -z.max(0.0) - log_rest,
                };
            }
            each(block * BLOCK + row, &chances[..outputs]);
        }
    }
}

/// Calls `each` with every row's place and the chances that its three logits stand for.
pub fn for_each_softmax(logits: &[f32], mut each: impl FnMut(usize, Softmax)) {
    let (mut p, mut log_totals) = ([0.0; 3 * BLOCK], [0.0; BLOCK]);
    for (block, logits) in logits.chunks(3 * BLOCK).enumerate() {
        let (p, log_totals) = (&mut p[..logits.len()], &mut log_totals[..logits.len() / 3]);
        kernels::softmax(logits, p, log_totals);
        let rows = logits.as_chunks::<3>().0.iter().zip(p.as_chunks::<3>().0);
        for (row, ((z, p), log_total)) in rows.zip(log_totals).enumerate() {
            let log_p = z.map(|z| f64::from(z) - f64::from(*log_total));
            each(block * BLOCK + row, Softmax { p: p.map(f64::from), log_p });
        }
    }
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

/// −t log f − (1−t) log(1−f) + log((1−e)(1−f)+e), t held constant.
pub fn intent(chance: Logistic, t: f64, e: f64) -> (f64, f64) {
    let Logistic { f, log_f, log_not_f } = chance;
    let (loss, slope) = (-t * log_f - (1.0 - t) * log_not_f, f - t);
    if e == 1.0 {
        return (loss, slope);
    }
    let engagement = engagement(f, e);
    (loss + engagement.ln(), slope - (1.0 - e) * f * (1.0 - f) / engagement)
}

/// −t·(s log c + (1−s) log(1−c)), t held constant.
pub fn attribution(c: Logistic, t: f64, labelled: bool) -> (f64, f64) {
    let s = f64::from(u8::from(labelled));
    (-t * (s * c.log_f + (1.0 - s) * c.log_not_f), t * (c.f - s))
}

/// How likely what was seen of an engaged customer is, as a loss: labelled, exposed and not
/// labelled, or unexposed.
pub fn observed(f: f64, c: f64, e: f64, labelled: bool, exposed: bool) -> f64 {
    let f = f.clamp(EPSILON, 1.0 - EPSILON);
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

/// −Σ target log p.
pub fn segmentation(Softmax { p, log_p }: Softmax, target: [f64; 3]) -> (f64, [f64; 3]) {
    let loss = -(0..3).map(|k| target[k] * log_p[k]).sum::<f64>();
    (loss, std::array::from_fn(|k| p[k] - target[k]))
}

/// −log(1 − p_organic): low, or campaign-driven if it had been exposed.
pub fn not_organic(Softmax { p, .. }: Softmax) -> (f64, [f64; 3]) {
    let either = (p[0] + p[2]).max(f64::MIN_POSITIVE);
    (-either.ln(), [p[0] - p[0] / either, p[1], p[2] - p[2] / either])
}

/// −log(p_O + (1−c) p_C): an exposed, engaged customer without the campaign label.
pub fn unlabelled(Softmax { p, .. }: Softmax, c: f64) -> f64 {
    -(p[1] + (1.0 - c) * p[2]).max(f64::MIN_POSITIVE).ln()
}

/// (1−c) p_C / (p_O + (1−c) p_C): how likely a network thinks such a customer is campaign-driven.
pub fn believed(Softmax { p, .. }: Softmax, c: f64) -> f64 {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STEP: f64 = 1e-5;

    impl Logistic {
        fn of(z: f64) -> Self {
            Self { f: sigmoid(z), log_f: log_sigmoid(z), log_not_f: log_sigmoid(-z) }
        }
    }

    impl Softmax {
        fn of(z: [f64; 3]) -> Self {
            let largest = z[0].max(z[1]).max(z[2]);
            let total = z.map(|z| (z - largest).exp()).iter().sum::<f64>().ln() + largest;
            let log_p = z.map(|z| z - total);
            Self { p: log_p.map(f64::exp), log_p }
        }
    }

    fn slope(loss: impl Fn(f64) -> f64, z: f64) -> f64 {
        (loss(z + STEP) - loss(z - STEP)) / (2.0 * STEP)
    }

    proptest! {
        #[test]
        fn the_intent_gradient_is_the_slope(z in -8.0..8.0, t in 0.0..1.0, e in 0.02..1.0) {
            let expected = slope(|z| intent(Logistic::of(z), t, e).0, z);
            prop_assert!((intent(Logistic::of(z), t, e).1 - expected).abs() < 1e-6);
        }

        #[test]
        fn the_attribution_gradient_is_the_slope(z in -8.0..8.0, t in 0.0..1.0, labelled: bool) {
            let expected = slope(|z| attribution(Logistic::of(z), t, labelled).0, z);
            prop_assert!((attribution(Logistic::of(z), t, labelled).1 - expected).abs() < 1e-6);
        }

        #[test]
        fn the_slope_of_what_was_observed_is_the_slope(
            z in -8.0..8.0, c in 0.01..0.99, e in 0.02..0.98, labelled: bool, exposed: bool
        ) {
            let expected = slope(|z| observed_slope(z, c, e, labelled, exposed).0, z);
            prop_assert!((observed_slope(z, c, e, labelled, exposed).1 - expected).abs() < 1e-6);
            let bounded = observed(sigmoid(z), c, e, labelled, exposed);
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
            let expected = slope(|value| segmentation(Softmax::of(moved(value)), target).0, z[k]);
            prop_assert!((segmentation(Softmax::of(z), target).1[k] - expected).abs() < 1e-6);
            let expected = slope(|value| not_organic(Softmax::of(moved(value))).0, z[k]);
            prop_assert!((not_organic(Softmax::of(z)).1[k] - expected).abs() < 1e-6);
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
    fn chances_of_a_block_come_with_the_places_of_their_rows() {
        for (rows, outputs) in [(1, 1), (BLOCK, 2), (2 * BLOCK + 3, 1), (BLOCK + 5, 2)] {
            let logits: Vec<f32> = (0..rows * outputs).map(|i| i as f32 / 30.0 - 3.0).collect();
            let mut seen = 0;
            for_each_logistic(&logits, outputs, |row, chances| {
                assert_eq!((row, chances.len()), (seen, outputs));
                for (chance, &z) in chances.iter().zip(&logits[row * outputs..]) {
                    let exact = Logistic::of(f64::from(z));
                    assert!((chance.f - exact.f).abs() < 1e-6);
                    assert!((chance.log_f - exact.log_f).abs() < 1e-6);
                    assert!((chance.log_not_f - exact.log_not_f).abs() < 1e-6);
                }
                seen += 1;
            });
            assert_eq!(seen, rows);
        }
        let logits: Vec<f32> = (0..3 * (BLOCK + 7)).map(|i| (i * 7 % 23) as f32 / 4.0).collect();
        let mut seen = 0;
        for_each_softmax(&logits, |row, chances| {
            assert_eq!(row, seen);
            let z = [0, 1, 2].map(|k| f64::from(logits[3 * row + k]));
            let exact = Softmax::of(z);
            for k in 0..3 {
                assert!((chances.p[k] - exact.p[k]).abs() < 1e-6);
                assert!((chances.log_p[k] - exact.log_p[k]).abs() < 2e-6);
            }
            seen += 1;
        });
        assert_eq!(seen, BLOCK + 7);
    }

    #[test]
    fn losses_are_finite_far_out() {
        for z in [-800.0, 800.0] {
            for_each_logistic(&[z as f32], 1, |_, chance| {
                assert!(intent(chance[0], 0.5, 0.6).0.is_finite());
                assert!(attribution(chance[0], 0.5, true).0.is_finite());
                assert!(observed(chance[0].f, 0.5, 0.6, true, true).is_finite());
            });
            let mut rows = 0;
            for_each_softmax(
                &[z as f32, 0.0, -z as f32, -z as f32, z as f32, -z as f32],
                |_, p| {
                    rows += 1;
                    assert!(segmentation(p, [0.0, 1.0, 0.0]).0.is_finite());
                    assert!(not_organic(p).0.is_finite());
                    assert!(unlabelled(p, 0.5).is_finite());
                    assert!(believed(p, 0.5).is_finite());
                },
            );
            assert_eq!(rows, 2);
            assert!(splc(z, true).0.is_finite());
        }
    }
}
