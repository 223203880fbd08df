//! Stage 2: campaign against organic, among the engaged, with the self-paced posterior (steps 1, 2).

use super::{
    Corrected, Training,
    fit::{Objective, Plan, Stream, network, predict, stream},
    loss::{attribution, intent, logit, observed, posterior, sigmoid},
    rows::TrainingRows,
};
use crate::{
    Result,
    model::{CorrectionNetwork, Intent, LabelFrequency, Mode, Stage},
    segment::Segment,
};

pub(super) const NAME: &str = "label correction";
/// Epochs in which the labels are taken as they stand.
const WARM_UP: usize = 3;
/// Epochs over which the self-paced part opens after that.
const RAMP: usize = 6;
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

struct LabelCorrection<'a> {
    rows: &'a TrainingRows<'a>,
    frequency: &'a RowFrequency,
    pace: f64,
    corrected: u64,
}

/// Fits stage 2 and returns the corrected labels.
pub(super) fn fit(training: &mut Training, mut frequency: RowFrequency) -> Result<Corrected> {
    let mut rng = stream(training.options().seed, Stream::LabelCorrection);
    let mut initial = network(&training.rows, 1 + usize::from(frequency.head.is_some()), &mut rng);
    if let Some(start) = frequency.head {
        initial.adjust_output(1, logit(start.clamp(0.02, 0.98)) as f32, 0.1);
    }
    let rows = &training.rows;
    let (train, held_out) = training.split_rows(|row| rows.segment(row).engaged());
    let plan = Plan {
        training: &train,
        validation: &held_out,
        first_validation: WARM_UP + RAMP,
        rng,
        stage: Stage::LabelCorrection,
        name: NAME,
    };
    let mut objective = LabelCorrection { rows, frequency: &frequency, pace: 0.0, corrected: 0 };
    let (network, mut history) =
        super::fit::fit(rows, training.observer, initial, &mut objective, plan)?;
    training.history.append(&mut history);
    let posterior = corrected_labels(training, &network, &mut frequency);
    check_corrections(training, &posterior, frequency.model.mean());
    Ok(Corrected {
        posterior,
        network: Some(CorrectionNetwork {
            network,
            learns_label_frequency: frequency.head.is_some(),
        }),
        label_frequency: Some(frequency.model),
        intent: Intent::Learned,
        candidates: training.rows.mode == Mode::Exposure,
    })
}

/// t of every engaged row from the best epoch, with the final c.
fn corrected_labels(
    training: &mut Training,
    network: &crate::network::Network,
    frequency: &mut RowFrequency,
) -> Vec<f32> {
    let rows = &training.rows;
    let engaged = rows.select(|row| rows.segment(row).engaged());
    let mut labels = vec![0.0; rows.len()];
    let (mut sum, mut total) = (0.0, 0.0);
    predict(rows, training.observer, network, &engaged, NAME, |row, logits| {
        let c = match logits.get(1) {
            Some(&z) => sigmoid(f64::from(z)),
            None => f64::from(frequency.of_row[row]),
        };
        if rows.exposed(row) {
            sum += rows.weight(row) * c;
            total += rows.weight(row);
        }
        labels[row] = target(rows, row, sigmoid(f64::from(logits[0])), c) as f32;
    });
    if frequency.head.is_some() {
        frequency.model =
            LabelFrequency::Learned { mean: if total > 0.0 { sum / total } else { 1.0 } };
    }
    labels
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

/// Guards 1 and 2.
fn check_corrections(training: &mut Training, labels: &[f32], c: f64) {
    let rows = &training.rows;
    let (mut labelled, mut hidden) = (0.0, 0.0);
    for (row, &t) in labels.iter().enumerate() {
        match rows.segment(row) {
            Segment::CampaignDriven => labelled += rows.weight(row),
            Segment::Organic => hidden += rows.weight(row) * f64::from(t),
            Segment::LowEngagement => {}
        }
    }
    if labelled == 0.0 {
        return;
    }
    let plausible = labelled * (1.0 - c) / c;
    if hidden > IMPLAUSIBLE * plausible {
        training.warnings.push(format!(
            "{hidden:.0} labels were corrected, but a label frequency of {c:.2} makes about {plausible:.0} plausible"
        ));
    }
    if c < LOW_FREQUENCY {
        training.warnings.push(format!(
            "the label frequency is estimated at {c:.3}, below {LOW_FREQUENCY}: give missing_rate, or who was exposed"
        ));
    }
}

impl LabelCorrection<'_> {
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

/// `correction` = none: the observed labels of exposed engaged rows, as they stand.
pub(super) fn fit_observed(training: &mut Training) -> Result<Corrected> {
    let mut rng = stream(training.options().seed, Stream::LabelCorrection);
    let initial = network(&training.rows, 1, &mut rng);
    let rows = &training.rows;
    let (train, held_out) =
        training.split_rows(|row| rows.segment(row).engaged() && rows.exposed(row));
    let plan = Plan {
        training: &train,
        validation: &held_out,
        first_validation: 0,
        rng,
        stage: Stage::LabelCorrection,
        name: NAME,
    };
    let mut objective = ObservedLabels { rows };
    let (network, mut history) =
        super::fit::fit(rows, training.observer, initial, &mut objective, plan)?;
    training.history.append(&mut history);
    let rows = &training.rows;
    Ok(Corrected {
        posterior: (0..rows.len()).map(|row| f32::from(u8::from(rows.is_labelled(row)))).collect(),
        network: Some(CorrectionNetwork { network, learns_label_frequency: false }),
        label_frequency: Some(LabelFrequency::Pooled(1.0)),
        intent: Intent::Learned,
        candidates: false,
    })
}

/// A binary network on the labels as they stand.
pub(super) struct ObservedLabels<'a> {
    pub rows: &'a TrainingRows<'a>,
}

impl ObservedLabels<'_> {
    fn loss(&self, row: u32, logit: f32) -> (f64, f64) {
        let row = row as usize;
        let s = f64::from(u8::from(self.rows.is_labelled(row)));
        let (loss, slope) = intent(f64::from(logit), s, 1.0);
        (self.rows.weight(row) * loss, self.rows.weight(row) * slope)
    }
}

impl Objective for ObservedLabels<'_> {
    fn gradients(&mut self, rows: &[u32], logits: &[f32], gradients: &mut [f32]) -> f64 {
        let each = rows.iter().zip(logits).zip(gradients);
        each.map(|((&row, &logit), gradient)| {
            let (loss, slope) = self.loss(row, logit);
            *gradient = slope as f32;
            loss
        })
        .sum()
    }

    fn validation(&self, rows: &[u32], logits: &[f32]) -> f64 {
        rows.iter().zip(logits).map(|(&row, &logit)| self.loss(row, logit).0).sum()
    }
}
