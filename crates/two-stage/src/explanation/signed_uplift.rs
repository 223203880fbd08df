//! The signed uplift of a customer and its gradient, in f64.

use crate::{
    model::{Engagement, Intent, Networks, SignedSlope, UpliftNetworks, UpliftRole},
    network::Trace,
    probability::{EPSILON, log_softmax, logit, sigmoid, softmax},
};

/// Tells if a score is made of a signed uplift.
pub(super) fn explains(of: &Networks) -> bool {
    of.tells_put_off() || of.uplift.is_some()
}

/// The signed uplift.
pub(super) fn of(of: &Networks, inputs: &[f64]) -> f64 {
    Terms::of(of, inputs).iter().map(|term| term.value).sum()
}

/// The gradient of the signed uplift by the inputs.
pub(super) fn gradient(of: &Networks, inputs: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; inputs.len()];
    for (trace, gradient) in Terms::of(of, inputs).iter().flat_map(|term| &term.gradients) {
        let of_inputs = trace.input_gradient(gradient);
        sum.iter_mut().zip(of_inputs).for_each(|(sum, gradient)| *sum += gradient);
    }
    sum
}

/// A term of the uplift, with its gradient by the logits of each network behind it.
struct Terms<'n> {
    value: f64,
    gradients: Vec<(Trace<'n>, Vec<f64>)>,
}

impl<'n> Terms<'n> {
    fn of(of: &Networks<'n>, inputs: &[f64]) -> Vec<Self> {
        if of.tells_put_off() {
            return vec![Self::of_four_outputs(of.segmentation[0].trace(inputs))];
        }
        let Some(uplift) = of.uplift else { return Vec::new() };
        match uplift.role {
            UpliftRole::Alone => vec![Self::of_uplift(uplift, inputs, 1.0)],
            UpliftRole::Half | UpliftRole::PutOffOnly => {
                vec![Self::of_segmentation(of, inputs, 0.5), Self::of_uplift(uplift, inputs, 0.5)]
            }
        }
    }

    /// p_C − p_L·σ(z), of a network that tells who is put off.
    fn of_four_outputs(trace: Trace<'n>) -> Self {
        let [a, b, c, z] = first(trace.logits());
        let (p, share) = (softmax([a, b, c]), sigmoid(z));
        let value = p[2] - p[0] * share;
        let slope = |k: usize, of: f64| p[k] * (of - value);
        let of_share = -p[0] * share * (1.0 - share);
        let gradient = vec![slope(0, -share), slope(1, 0.0), slope(2, 1.0), of_share];
        Self { value, gradients: vec![(trace, gradient)] }
    }

    /// p_C of the segmentation, with the slope of the intent.
    fn of_segmentation(of: &Networks<'n>, inputs: &[f64], factor: f64) -> Self {
        let traces: Vec<Trace> = of.segmentation.iter().map(|n| n.trace(inputs)).collect();
        let share = 1.0 / traces.len() as f64;
        let members: Vec<[f64; 3]> = traces
            .iter()
            .map(|trace| {
                let [a, b, c] = first(trace.logits());
                log_softmax([a, b, c]).map(f64::exp)
            })
            .collect();
        let mean = |k: usize| members.iter().fold(f64::MIN_POSITIVE, |sum, p| sum + share * p[k]);
        let (organic, driven) = (mean(1), mean(2));
        let engaged = organic + driven;
        let (intent, curve) = match of.intent {
            Intent::Rescaled(slope) => {
                let z = logit(driven / engaged);
                let intent = sigmoid(slope.rescaled_logit(z));
                (intent, intent * (1.0 - intent) * slope.derivative(z))
            }
            Intent::Constant(intent) => (intent, 0.0),
            Intent::Learned => (driven / engaged, driven * organic / (engaged * engaged)),
        };
        // The value is engaged · intent; the logit of the intent is ln driven − ln organic.
        let by_organic = factor * share * (intent - engaged * curve / organic);
        let by_driven = factor * share * (intent + engaged * curve / driven);
        let gradient = |p: &[f64; 3]| {
            let mean = by_organic * p[1] + by_driven * p[2];
            vec![-p[0] * mean, p[1] * (by_organic - mean), p[2] * (by_driven - mean)]
        };
        let gradients = members.iter().map(gradient).collect::<Vec<_>>();
        Self {
            value: factor * engaged * intent,
            gradients: traces.into_iter().zip(gradients).collect(),
        }
    }

    /// The difference of the rescaled probabilities to engage.
    fn of_uplift(uplift: &'n UpliftNetworks, inputs: &[f64], factor: f64) -> Self {
        let traces: Vec<Trace> = uplift.networks.iter().map(|n| n.trace(inputs)).collect();
        let (slope, share) = (&uplift.slope, 1.0 / traces.len() as f64);
        let e = slope.exposed_share;
        let members: Vec<[f64; 2]> = traces
            .iter()
            .map(|trace| {
                let [z0, z1] = first(trace.logits());
                [sigmoid(z0 + (1.0 - e) * z1), sigmoid(z0 - e * z1)]
            })
            .collect();
        let mean = |k: usize| members.iter().map(|h| share * h[k]).sum::<f64>();
        let means = Engagement { exposed: mean(0), unexposed: mean(1) };
        let [exposed, unexposed] = by_means(slope, means).map(|slope| factor * share * slope);
        let gradient = |h: &[f64; 2]| {
            let of_exposed = exposed * h[0] * (1.0 - h[0]);
            let of_unexposed = unexposed * h[1] * (1.0 - h[1]);
            vec![of_exposed + of_unexposed, (1.0 - e) * of_exposed - e * of_unexposed]
        };
        let gradients = members.iter().map(gradient).collect::<Vec<_>>();
        Self {
            value: factor * slope.apply(means).uplift(),
            gradients: traces.into_iter().zip(gradients).collect(),
        }
    }
}

/// The slopes of the rescaled uplift by the mean probabilities to engage.
fn by_means(slope: &SignedSlope, means: Engagement) -> [f64; 2] {
    let (e, beta) = (slope.exposed_share, slope.slope);
    let rescaled = slope.apply(means);
    let [g1, g0] = [rescaled.exposed, rescaled.unexposed].map(|g| g * (1.0 - g));
    let by_exposed = g1 * (e + (1.0 - e) * beta) - g0 * (e - e * beta);
    let by_unexposed = g1 * (1.0 - e - (1.0 - e) * beta) - g0 * (1.0 - e + e * beta);
    // A clipped probability has no slope.
    let is_free = |h: f64| (EPSILON..=1.0 - EPSILON).contains(&h);
    let by_mean = |by: f64, h: f64| if is_free(h) { by / (h * (1.0 - h)) } else { 0.0 };
    [by_mean(by_exposed, means.exposed), by_mean(by_unexposed, means.unexposed)]
}

/// The first logits of a network.
fn first<const N: usize>(logits: &[f64]) -> [f64; N] {
    std::array::from_fn(|k| logits.get(k).copied().unwrap_or(f64::NEG_INFINITY))
}
