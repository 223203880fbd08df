//! Label correction by the self-paced posterior (`correction` = posterior).

use super::{corrected::Corrected, row_frequency::RowFrequency};
use crate::{
    Result,
    model::{CorrectionNetwork, Mode, Stage},
    network::Network,
    options::Correction,
    probability::{COMPARABLE_EXPOSURE, logit, posterior, sigmoid},
    training::{
        engine::{Logistic, Objective, Plan, Stream, Tally, fit, for_each_logistic, predict},
        folds::Member,
        losses::{attribution, intent, observed},
        observer::Step,
        rows::{PerRow, TrainingRow, TrainingRows},
        run::Run,
    },
    word::RowIndex,
};

/// Epochs in which the labels are taken as they stand.
const WARM_UP: usize = 3;
/// Epochs over which the self-paced part opens after that.
const RAMP: usize = 6;
const _: () = assert!(Correction::Posterior.min_epochs() == WARM_UP + RAMP + 1);
/// The share of the weight decay. The evidence of a missing label is not there to hold against the
/// penalty: with all of it the intent was too near the mean (at 80 % missing the calibration error
/// was .045, and is .033).
const DECAY_SHARE: f64 = 0.4;
/// The factor of the second output's initial weights, so that it starts nearly constant.
const HEAD_WEIGHTS: f32 = 0.1;

/// A, the open share of the self-paced part: strict first, then open.
fn pace(epoch: usize) -> f64 {
    if epoch < WARM_UP { 0.0 } else { ((epoch - WARM_UP + 1) as f64 / RAMP as f64).min(1.0) }
}

/// Fits stage 2 and returns the corrected labels. `bias` is the first output's initial bias.
pub(in crate::training) fn correct(
    rows: &TrainingRows,
    run: &mut Run,
    member: &Member,
    frequency: &RowFrequency,
    bias: Option<f32>,
) -> Result<Corrected> {
    let stream = Stream::LabelCorrection(member.number);
    let split = member.split(rows, |row| row.engaged());
    let plan = Plan {
        first_validation: WARM_UP + RAMP,
        decay_share: DECAY_SHARE,
        ..Plan::new(rows, Step::LabelCorrection, stream, split)
    };
    let outputs = 1 + usize::from(frequency.head.is_some());
    let objective = LabelCorrection { rows, frequency };
    let prepare = |network: &mut Network| prepare(network, frequency, bias);
    let fitted = fit(rows, run, outputs, &plan, &objective, prepare)?;
    run.keep_history(Stage::LabelCorrection, member.number, &fitted.epochs);
    let (labels, of_row) = corrected_labels(rows, run, &fitted.network, frequency);
    Ok(Corrected {
        labels,
        frequency: Some(of_row),
        network: Some(CorrectionNetwork {
            network: fitted.network,
            learns_label_frequency: frequency.head.is_some(),
        }),
        candidates: rows.mode() == Mode::Exposure,
    })
}

/// Sets the initial biases; the second output starts at the estimate.
fn prepare(network: &mut Network, frequency: &RowFrequency, bias: Option<f32>) {
    if let Some(bias) = bias {
        network.adjust_output(0, bias, 1.0);
    }
    if let Some(start) = frequency.head {
        let (low, high) = COMPARABLE_EXPOSURE.into_inner();
        network.adjust_output(1, logit(start.clamp(low, high)) as f32, HEAD_WEIGHTS);
    }
}

/// t and c of every engaged row from the best epoch, with the final c.
fn corrected_labels(
    rows: &TrainingRows,
    run: &mut Run,
    network: &Network,
    frequency: &RowFrequency,
) -> (PerRow<f32>, PerRow<f32>) {
    let engaged = rows.select(|row| row.engaged());
    let mut labels = rows.fill(0.0);
    let mut of_row = frequency.of_row.clone();
    predict(rows, run, Step::LabelCorrection, network, &engaged, |row, logits| {
        if let Some(&z) = logits.get(1) {
            of_row[row] = sigmoid(f64::from(z)) as f32;
        }
        let f = sigmoid(f64::from(logits[0]));
        labels[row] = target(&rows.row(row), f, f64::from(of_row[row])) as f32;
    });
    (labels, of_row)
}

/// t: 1 where labelled, 0 where unexposed (surely organic), else the posterior.
fn target(row: &TrainingRow, f: f64, c: f64) -> f64 {
    if row.is_labelled() {
        1.0
    } else if row.exposed {
        posterior(f, c)
    } else {
        0.0
    }
}

/// The objective of stage 2.
pub(in crate::training) struct LabelCorrection<'a> {
    pub rows: &'a TrainingRows<'a>,
    pub frequency: &'a RowFrequency,
}

impl LabelCorrection<'_> {
    /// c of a row: the second output, or the estimate.
    fn frequency(&self, row: RowIndex, chances: &[Logistic]) -> f64 {
        chances.get(1).map_or(f64::from(self.frequency.of_row[row]), |c| c.f)
    }

    /// Writes the row's gradients. At pace 0 no label counts as missing, at pace 1 as many as c says.
    fn loss(
        &self,
        row: &TrainingRow,
        pace: f64,
        chances: &[Logistic],
        gradients: &mut [f32],
    ) -> Tally {
        let intent_chance = chances[0];
        let c = 1.0 - pace * (1.0 - self.frequency(row.index, chances));
        let t = target(row, intent_chance.f, c);
        let (mut loss, slope) = intent(intent_chance, t, row.propensity);
        gradients[0] = (row.weight * slope) as f32;
        if let (Some(gradient), Some(&c)) = (gradients.get_mut(1), chances.get(1)) {
            *gradient = 0.0;
            if row.exposed && pace > 0.0 {
                let (attribution_loss, slope) = attribution(c, t, row.is_labelled());
                loss += attribution_loss;
                *gradient = (row.weight * slope) as f32;
            }
        }
        Tally { loss: row.weight * loss, corrected: u64::from(!row.is_labelled() && t > 0.5) }
    }
}

impl Objective for LabelCorrection<'_> {
    fn gradients(&self, epoch: usize, rows: &[RowIndex], logits: &[f32], out: &mut [f32]) -> Tally {
        let (outputs, pace) = (logits.len() / rows.len(), pace(epoch));
        let mut tally = Tally::default();
        for_each_logistic(logits, outputs, |place, chances| {
            let gradients = &mut out[place * outputs..][..outputs];
            tally.add(self.loss(&self.rows.row(rows[place]), pace, chances, gradients));
        });
        tally
    }

    fn validation(&self, rows: &[RowIndex], logits: &[f32]) -> f64 {
        let mut total = 0.0;
        for_each_logistic(logits, logits.len() / rows.len(), |place, chances| {
            let row = self.rows.row(rows[place]);
            let c = self.frequency(row.index, chances);
            let f = chances[0].f;
            total += row.weight * observed(f, c, row.propensity, row.is_labelled(), row.exposed);
        });
        total
    }

    fn corrects(&self) -> bool {
        true
    }
}
