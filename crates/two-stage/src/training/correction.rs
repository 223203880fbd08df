//! Stage 2: campaign against organic, among the engaged, with the self-paced posterior (steps 1, 2).

use super::{
    Corrected, Member, Run,
    fit::{self, Objective, Tally, predict},
    loss::{Logistic, attribution, for_each_logistic, intent, logit, observed, posterior, sigmoid},
    plan::{Plan, Stream},
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
    pub rows: &'a TrainingRows<'a>,
    pub frequency: &'a RowFrequency,
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
    let objective = LabelCorrection { rows, frequency };
    let mut fitted = fit::fit(rows, run.observer, outputs, &plan, &objective, prepare)?;
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

impl LabelCorrection<'_> {
    /// c of a row: the head's, or the estimate.
    fn frequency(&self, row: usize, chances: &[Logistic]) -> f64 {
        chances.get(1).map_or(f64::from(self.frequency.of_row[row]), |c| c.f)
    }

    /// Writes the row's gradients. `pace`: first no label counts as missing, in the end c says how
    /// many do.
    fn loss(&self, row: usize, pace: f64, chances: &[Logistic], gradients: &mut [f32]) -> Tally {
        let weight = self.rows.weight(row);
        let intent_chance = chances[0];
        let c = 1.0 - pace * (1.0 - self.frequency(row, chances));
        let labelled = self.rows.is_labelled(row);
        let t = target(self.rows, row, intent_chance.f, c);
        let (mut loss, slope) = intent(intent_chance, t, self.rows.propensity(row));
        gradients[0] = (weight * slope) as f32;
        if let (Some(gradient), Some(&c)) = (gradients.get_mut(1), chances.get(1)) {
            *gradient = 0.0;
            if self.rows.exposed(row) && pace > 0.0 {
                let (attribution_loss, slope) = attribution(c, t, labelled);
                loss += attribution_loss;
                *gradient = (weight * slope) as f32;
            }
        }
        Tally { loss: weight * loss, corrected: u64::from(!labelled && t > 0.5) }
    }
}

impl Objective for LabelCorrection<'_> {
    fn gradients(
        &self,
        epoch: usize,
        rows: &[u32],
        logits: &[f32],
        gradients: &mut [f32],
    ) -> Tally {
        let (outputs, pace) = (logits.len() / rows.len(), pace(epoch));
        let mut tally = Tally::default();
        for_each_logistic(logits, outputs, |place, chances| {
            let gradients = &mut gradients[place * outputs..][..outputs];
            tally.add(self.loss(rows[place] as usize, pace, chances, gradients));
        });
        tally
    }

    fn validation(&self, rows: &[u32], logits: &[f32]) -> f64 {
        let mut total = 0.0;
        for_each_logistic(logits, logits.len() / rows.len(), |place, chances| {
            let row = rows[place] as usize;
            let c = self.frequency(row, chances);
            let (labelled, exposed) = (self.rows.is_labelled(row), self.rows.exposed(row));
            let e = self.rows.propensity(row);
            total += self.rows.weight(row) * observed(chances[0].f, c, e, labelled, exposed);
        });
        total
    }

    fn corrects(&self) -> bool {
        true
    }
}
