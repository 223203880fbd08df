//! Why a customer's intent is what it is: integrated gradients (Sundararajan, Taly and Yan, Axiomatic
//! Attribution for Deep Networks, arXiv 1703.01365).
//!
//! The gradient of the intent's logit is averaged along the straight line from the average customer,
//! whose inputs are all 0, to this one. An input's contribution is its value times that average; a
//! column's is the sum over its inputs. So contributions add up to the difference of the two
//! customers' logits, a column that the networks ignore contributes nothing, and equal columns
//! contribute equally. Where a score is made of a signed uplift, that is explained instead of the
//! intent's logit, which has no finite value where the uplift is negative.

mod signed_uplift;

use crate::{
    Result,
    column::Value,
    encoding::{BlockEncoder, Encoder},
    model::{Intent, Networks, ScoringModel},
    network::Trace,
    poll::Poll,
    probability::{log_softmax, log_sum_exp},
    segment::Segment,
};

/// Points of the line at first; they are doubled until the sum is right.
const MIN_POINTS: usize = 32;
const MAX_POINTS: usize = 4096;
/// The error of the sum that is shared out instead.
const TOLERANCE: f64 = 1e-3;

/// The parts of a model, whose score is explained.
#[derive(Clone, Copy)]
pub(crate) struct Explained<'m>(pub Networks<'m>);

impl ScoringModel {
    /// The contribution of each column to the logit of a customer's intent, beyond the average
    /// customer's: in log-odds, so that 0.7 doubles the odds. If the campaign puts some customers off, or
    /// uplift networks join the score, it is the contribution to the uplift, in probability. Takes exactly one value for each column.
    pub fn explain<'a>(
        &self,
        values: impl Iterator<Item = Value<'a>>,
        poll: Poll,
    ) -> Result<Vec<f64>> {
        let mut words = Vec::new();
        self.encoder.words(&self.columns, values, &mut words)?;
        let mut inputs = vec![0.0; self.encoder.inputs()];
        BlockEncoder::of_words(&self.encoder).encode(std::iter::once(&words[..]), &mut inputs);
        let contributions = Explained(self.networks()).contributions(&inputs, poll);
        Ok(by_column(&self.encoder, &contributions))
    }
}

/// The sums over the inputs of each column.
pub(crate) fn by_column(encoder: &Encoder, contributions: &[f64]) -> Vec<f64> {
    let mut rest = contributions;
    let take = |count: usize| {
        let (these, behind) = rest.split_at(count.min(rest.len()));
        rest = behind;
        these.iter().sum()
    };
    encoder.input_counts().map(take).collect()
}

impl Explained<'_> {
    /// The contribution of each input; together they are exactly the difference of the customers.
    fn contributions(&self, inputs: &[f32], poll: Poll) -> Vec<f64> {
        if matches!(self.0.intent, Intent::Constant(_)) {
            return vec![0.0; inputs.len()];
        }
        let average = vec![0.0; inputs.len()];
        let customer: Vec<f64> = inputs.iter().copied().map(f64::from).collect();
        let difference = self.of(&customer) - self.of(&average);
        let mut points = MIN_POINTS;
        loop {
            let mut contributions = self.integrate(inputs, points, poll);
            let rest = difference - contributions.iter().sum::<f64>();
            if rest.abs() <= TOLERANCE || points == MAX_POINTS {
                share(&mut contributions, rest);
                return contributions;
            }
            points *= 2;
        }
    }

    /// Integrates by the midpoint rule.
    pub(crate) fn integrate(&self, inputs: &[f32], points: usize, poll: Poll) -> Vec<f64> {
        let mut contributions = vec![0.0; inputs.len()];
        if matches!(self.0.intent, Intent::Constant(_)) {
            return contributions;
        }
        for step in 0..points {
            poll.now();
            let way = (step as f64 + 0.5) / points as f64;
            let point: Vec<f64> = inputs.iter().map(|&input| way * f64::from(input)).collect();
            let gradient = self.gradient(&point);
            for ((sum, gradient), &input) in contributions.iter_mut().zip(gradient).zip(inputs) {
                *sum += gradient * f64::from(input) / points as f64;
            }
        }
        contributions
    }

    /// The logit of a customer's intent, or the signed uplift.
    fn of(&self, inputs: &[f64]) -> f64 {
        if signed_uplift::explains(&self.0) {
            return signed_uplift::of(&self.0, inputs);
        }
        let traces = self.traces(inputs);
        let logit = Opinion::of(&traces).logit;
        match self.0.intent {
            Intent::Rescaled(slope) => slope.rescaled_logit(logit),
            _ => logit,
        }
    }

    fn gradient(&self, inputs: &[f64]) -> Vec<f64> {
        if signed_uplift::explains(&self.0) {
            return signed_uplift::gradient(&self.0, inputs);
        }
        let traces = self.traces(inputs);
        let opinion = Opinion::of(&traces);
        let factor = match self.0.intent {
            Intent::Rescaled(slope) => slope.derivative(opinion.logit),
            _ => 1.0,
        };
        let mut sum = vec![0.0; inputs.len()];
        for (trace, logits) in traces.iter().zip(&opinion.gradients) {
            let gradient = trace.input_gradient(logits);
            sum.iter_mut().zip(gradient).for_each(|(sum, gradient)| *sum += factor * gradient);
        }
        sum
    }

    fn traces(&self, inputs: &[f64]) -> Vec<Trace<'_>> {
        self.0.segmentation.iter().map(|network| network.trace(inputs)).collect()
    }
}

/// The members' view of a customer: the logit of the intent of their mean probabilities,
/// ln Σ p(c) − ln Σ p(o), and its gradient by each member's logits. It works in logarithms, so that
/// no p is 0.
struct Opinion {
    logit: f64,
    gradients: Vec<[f64; 3]>,
}

impl Opinion {
    fn of(traces: &[Trace]) -> Self {
        const DRIVEN: usize = Segment::CampaignDriven as usize;
        const ORGANIC: usize = Segment::Organic as usize;
        let members: Vec<[f64; 3]> =
            traces.iter().map(|t| log_softmax(three(t.logits()))).collect();
        let of_segment = |k: usize| members.iter().map(|ln_p| ln_p[k]).collect::<Vec<_>>();
        let driven = log_sum_exp(&of_segment(DRIVEN));
        let organic = log_sum_exp(&of_segment(ORGANIC));
        let gradient = |ln_p: &[f64; 3]| {
            let share_driven = (ln_p[DRIVEN] - driven).exp();
            let share_organic = (ln_p[ORGANIC] - organic).exp();
            let mut gradient = ln_p.map(|ln_p| (share_organic - share_driven) * ln_p.exp());
            gradient[DRIVEN] += share_driven;
            gradient[ORGANIC] -= share_organic;
            gradient
        };
        Self { logit: driven - organic, gradients: members.iter().map(gradient).collect() }
    }
}

/// The logits of a network with three outputs.
fn three(logits: &[f64]) -> [f64; 3] {
    std::array::from_fn(|k| logits.get(k).copied().unwrap_or(f64::NEG_INFINITY))
}

/// Adds a rest to the contributions, in proportion to their size.
fn share(contributions: &mut [f64], rest: f64) {
    let total: f64 = contributions.iter().map(|value| value.abs()).sum();
    if total > 0.0 {
        contributions.iter_mut().for_each(|value| *value += rest * value.abs() / total);
    }
}

#[cfg(test)]
mod tests;
