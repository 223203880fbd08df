//! Stage 2: campaign against organic, among the engaged, with the self-paced posterior (steps 1, 2).

use super::{
    Corrected, Member, Run,
    fit::{self, Objective, Plan, Stream, predict},
    loss::{attribution, intent, logit, observed, posterior, sigmoid},
    rows::TrainingRows,
};
use crate::{
    Result,
    model::{CorrectionNetwork, LabelFrequency, Mode},
    network::Network,
    segment::Segment,
};

pub(super) const NAME: &str = "label correction";
/// Epochs in which the labels are taken as they stand.
const WARM_UP: usize = 3;
/// Epochs over which the self-paced part opens after that.
const RAMP: usize = 6;
/// What a missing label would say is not there to hold against the penalty: with all of it the
/// intent was too near the mean (at 80 % missing the calibration error was .045, and is .033).
const DECAY_SHARE: f64 = 0.4;
/// Σt over unlabelled rows past this multiple of what c says is implausible (guard 1).
const IMPLAUSIBLE: f64 = 1.25;
/// Below this label frequency too little is known (guard 2).
const LOW_FREQUENCY: f64 = 0.1;

/// A, the open share of the self-paced part: strict first, then open.
fn pace(epoch: usize) -> f64 {
    if epoch < WARM_UP { 0.0 } else { ((epoch - WARM_UP + 1) as f64 / RAMP as f64).min(1.0) }
}

/// c of every training row, before or instead of the attribution head.
pub(super) struct RowFrequency {
    pub model: LabelFrequency,
    pub of_row: Vec<f32>,
    /// Where the head starts; None = no head.
    pub head: Option<f64>,
}

impl RowFrequency {
    /// One c for all rows, and no head.
    pub fn pooled(rows: &TrainingRows, c: f64) -> Self {
        let of_row = vec![c as f32; rows.places()];
        Self { model: LabelFrequency::Pooled(c), of_row, head: None }
    }

    /// Its value in the model, where the rows' mean is known.
    pub fn in_model(&self, mean: f64) -> LabelFrequency {
        if self.head.is_some() { LabelFrequency::Learned { mean } } else { self.model.clone() }
    }
}

pub(super) struct LabelCorrection<'a> {
    rows: &'a TrainingRows<'a>,
    frequency: &'a RowFrequency,
    pace: f64,
    corrected: u64,
}

/// Fits stage 2 and returns the corrected labels. `bias` is where the first output starts.
pub(super) fn correct(
    rows: &TrainingRows,
    run: &mut Run,
    member: &Member,
    frequency: &RowFrequency,
    bias: Option<f32>,
) -> Result<Corrected> {
    let uses = |row: usize| rows.segment(row).engaged();
    let stream = Stream::LabelCorrection(member.number);
    let mut plan = Plan::of_member(rows, member, stream, uses, WARM_UP + RAMP);
    plan.decay_share = DECAY_SHARE;
    let outputs = 1 + usize::from(frequency.head.is_some());
    let prepare = |network: &mut Network| {
        if let Some(bias) = bias {
            network.adjust_output(0, bias, 1.0);
        }
        if let Some(start) = frequency.head {
            network.adjust_output(1, logit(start.clamp(0.02, 0.98)) as f32, 0.1);
        }
    };
    let mut objective = LabelCorrection::new(rows, frequency);
    let mut fitted = fit::fit(rows, run.observer, outputs, plan, &mut objective, prepare)?;
    run.history.append(&mut fitted.history);
    let (labels, of_row) = corrected_labels(rows, run, &fitted.network, frequency);
    Ok(Corrected {
        labels,
        frequency: Some(of_row),
        network: Some(CorrectionNetwork {
            network: fitted.network,
            learns_label_frequency: frequency.head.is_some(),
        }),
        candidates: rows.mode == Mode::Exposure,
    })
}

/// t and c of every engaged row from the best epoch, with the final c.
fn corrected_labels(
    rows: &TrainingRows,
    run: &mut Run,
    network: &Network,
    frequency: &RowFrequency,
) -> (Vec<f32>, Vec<f32>) {
    let engaged = rows.select(|row| rows.segment(row).engaged());
    let mut labels = vec![0.0; rows.places()];
    let mut of_row = frequency.of_row.clone();
    predict(rows, run.observer, network, &engaged, NAME, |row, logits| {
        if let Some(&z) = logits.get(1) {
            of_row[row] = sigmoid(f64::from(z)) as f32;
        }
        let f = sigmoid(f64::from(logits[0]));
        labels[row] = target(rows, row, f, f64::from(of_row[row])) as f32;
    });
    (labels, of_row)
}

/// t: 1 where labelled, 0 where surely organic, else the posterior.
fn target(rows: &TrainingRows, row: usize, f: f64, c: f64) -> f64 {
    if rows.is_labelled(row) {
        1.0
    } else if rows.exposed(row) {
        posterior(f, c)
    } else {
        0.0
    }
}

/// Guards 1 and 2, on the labels that stage 1 learns from.
pub(super) fn check(rows: &TrainingRows, run: &mut Run, labels: &[f32], c: f64) {
    let (mut labelled, mut hidden) = (0.0, 0.0);
    for row in rows.copies() {
        match rows.segment(row) {
            Segment::CampaignDriven => labelled += rows.weight(row),
            Segment::Organic => hidden += rows.weight(row) * f64::from(labels[row]),
            Segment::LowEngagement => {}
        }
    }
    if labelled == 0.0 {
        return;
    }
    let plausible = labelled * (1.0 - c) / c;
    if hidden > IMPLAUSIBLE * plausible {
        run.warn(format!(
            "{hidden:.0} labels count as missing, but a label frequency of {c:.2} makes about {plausible:.0} plausible"
        ));
    }
    if c < LOW_FREQUENCY {
        run.warn(format!(
            "the label frequency is estimated at {c:.3}, below {LOW_FREQUENCY}: give missing_rate, or say who was exposed"
        ));
    }
}

impl<'a> LabelCorrection<'a> {
    pub fn new(rows: &'a TrainingRows<'a>, frequency: &'a RowFrequency) -> Self {
        Self { rows, frequency, pace: 0.0, corrected: 0 }
    }

    /// c of a row: the head's, or the estimate.
    fn frequency(&self, row: usize, logits: &[f32]) -> f64 {
        match logits.get(1) {
            Some(&z) => sigmoid(f64::from(z)),
            None => f64::from(self.frequency.of_row[row]),
        }
    }

    fn loss(&mut self, row: usize, logits: &[f32], gradients: &mut [f32]) -> f64 {
        let weight = self.rows.weight(row);
        let z = f64::from(logits[0]);
        // The self-paced part: first no label counts as missing, in the end c says how many do.
        let c = 1.0 - self.pace * (1.0 - self.frequency(row, logits));
        let labelled = self.rows.is_labelled(row);
        let t = target(self.rows, row, sigmoid(z), c);
        self.corrected += u64::from(!labelled && t > 0.5);
        let (mut loss, slope) = intent(z, t, self.rows.propensity(row));
        gradients[0] = (weight * slope) as f32;
        if let (Some(gradient), Some(&z)) = (gradients.get_mut(1), logits.get(1)) {
            *gradient = 0.0;
            if self.rows.exposed(row) && self.pace > 0.0 {
                let (attribution_loss, slope) = attribution(f64::from(z), t, labelled);
                loss += attribution_loss;
                *gradient = (weight * slope) as f32;
            }
        }
        weight * loss
    }
}

impl Objective for LabelCorrection<'_> {
    fn begin_epoch(&mut self, epoch: usize) {
        self.pace = pace(epoch);
        self.corrected = 0;
    }

    fn gradients(&mut self, rows: &[u32], logits: &[f32], gradients: &mut [f32]) -> f64 {
        let outputs = logits.len() / rows.len();
        let each = logits.chunks_exact(outputs).zip(gradients.chunks_exact_mut(outputs));
        rows.iter()
            .zip(each)
            .map(|(&row, (logits, gradients))| self.loss(row as usize, logits, gradients))
            .sum()
    }

    fn validation(&self, rows: &[u32], logits: &[f32]) -> f64 {
        let each = rows.iter().zip(logits.chunks_exact(logits.len() / rows.len()));
        each.map(|(&row, logits)| {
            let row = row as usize;
            let c = self.frequency(row, logits);
            let (labelled, exposed) = (self.rows.is_labelled(row), self.rows.exposed(row));
            let e = self.rows.propensity(row);
            self.rows.weight(row) * observed(f64::from(logits[0]), c, e, labelled, exposed)
        })
        .sum()
    }

    fn corrected(&self) -> Option<u64> {
        Some(self.corrected)
    }
}
