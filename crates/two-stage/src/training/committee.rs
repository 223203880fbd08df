//! The networks of a model: of a single member, or of a committee (option `ensemble`) whose members
//! hold out a fold each.

use super::{
    distillation::distil,
    engine::predict,
    folds::Member,
    label_correction::{Corrected, correct_by_posterior, correct_by_splc},
    method::Method,
    observer::Step,
    report::guards,
    rows::{PerRow, TrainingRows},
    run::Run,
    segmentation,
    slope::{self, HeldOut},
};
use crate::{
    Result,
    model::{CorrectionNetwork, Intent, LabelFrequency, Mode},
    network::Network,
};

/// The first output's initial bias in a committee without any campaign label.
const UNLABELLED_BIAS: f32 = -1.0;

/// The findings of the members together.
pub(super) struct Committee {
    pub segmentation: Vec<Network>,
    pub correction: Vec<CorrectionNetwork>,
    pub intent: Intent,
    /// t of every row, the members' mean.
    pub labels: PerRow<f32>,
    pub label_frequency: Option<LabelFrequency>,
    /// The first member and its stage 1, which are compared with other models.
    pub first_member: Member,
    pub first: Network,
}

/// Trains every member, and puts their findings together.
pub(super) fn fit(rows: &TrainingRows, run: &mut Run, method: &Method) -> Result<Committee> {
    let members = Member::all(rows);
    let is_committee = members.len() > 1;
    let mut gathered = Gathered::new(rows);
    for member in &members {
        let corrected = correct(rows, run, member, method, is_committee)?;
        let network = segmentation::fit(rows, run, member, &corrected, is_committee)?;
        gathered.add(rows, run, member, corrected, network);
    }
    gathered.finish(rows, run, method, members)
}

/// A member's label correction.
fn correct(
    rows: &TrainingRows,
    run: &mut Run,
    member: &Member,
    method: &Method,
    is_committee: bool,
) -> Result<Corrected> {
    match method {
        Method::Constant(intent) => Ok(Corrected::constant(rows, *intent)),
        Method::Observed => Ok(Corrected::observed(rows)),
        Method::Splc => correct_by_splc(rows, run, member),
        Method::Posterior(frequency) => {
            let unlabelled = is_committee && rows.labelled() == 0;
            let bias = unlabelled.then_some(UNLABELLED_BIAS);
            correct_by_posterior(rows, run, member, frequency, bias)
        }
    }
}

/// The findings of the members so far.
struct Gathered {
    segmentation: Vec<Network>,
    correction: Vec<CorrectionNetwork>,
    /// Sums over the members of t and of c.
    labels: PerRow<f32>,
    frequency: PerRow<f32>,
    held_out: Vec<HeldOut>,
}

impl Gathered {
    fn new(rows: &TrainingRows) -> Self {
        Self {
            segmentation: Vec::new(),
            correction: Vec::new(),
            labels: rows.fill(0.0),
            frequency: rows.fill(0.0),
            held_out: Vec::new(),
        }
    }

    fn add(
        &mut self,
        rows: &TrainingRows,
        run: &mut Run,
        member: &Member,
        corrected: Corrected,
        network: Network,
    ) {
        run.enter(Step::Segmentation);
        self.labels.add(&corrected.labels);
        if let Some(frequency) = &corrected.frequency {
            self.frequency.add(frequency);
            let (_, unseen) = member.split(rows, |row| row.engaged());
            predict(rows, run, Step::Segmentation, &network, &unseen, |row, logits| {
                self.held_out.push(HeldOut {
                    row,
                    // logit(p_C / (p_O + p_C)) is the difference of the two logits.
                    logit: f64::from(logits[2]) - f64::from(logits[1]),
                    frequency: f64::from(frequency[row]),
                });
            });
        }
        self.correction.extend(corrected.network);
        self.segmentation.push(network);
    }

    fn finish(
        mut self,
        rows: &TrainingRows,
        run: &mut Run,
        method: &Method,
        mut members: Vec<Member>,
    ) -> Result<Committee> {
        let count = members.len() as f32;
        self.labels.iter_mut().for_each(|t| *t /= count);
        self.frequency.iter_mut().for_each(|c| *c /= count);
        let label_frequency = self.label_frequency(rows, run, method);
        let intent = match method {
            Method::Constant(intent) => Intent::Constant(*intent),
            Method::Posterior(_) if members.len() > 1 && rows.mode() == Mode::Exposure => {
                slope::estimate(rows, run, self.held_out).map_or(Intent::Learned, Intent::Rescaled)
            }
            _ => Intent::Learned,
        };
        run.enter(Step::Segmentation);
        let first = self.segmentation[0].clone();
        if members.len() > 1 && rows.options.distil() {
            self.segmentation = vec![distil(rows, run, &self.segmentation)?];
        }
        Ok(Committee {
            segmentation: self.segmentation,
            correction: self.correction,
            intent,
            labels: self.labels,
            label_frequency,
            first_member: members.swap_remove(0),
            first,
        })
    }

    /// The label frequency as the model keeps it, checked against the corrections.
    fn label_frequency(
        &self,
        rows: &TrainingRows,
        run: &mut Run,
        method: &Method,
    ) -> Option<LabelFrequency> {
        let Method::Posterior(frequency) = method else {
            return None;
        };
        // c(x) means something for campaign-driven customers alone: each row counts by its t.
        let (mut sum, mut total) = (0.0, 0.0);
        for row in rows.copies().filter(|row| row.exposed && row.engaged()) {
            let share = row.weight * f64::from(self.labels[row.index]);
            sum += share * f64::from(self.frequency[row.index]);
            total += share;
        }
        let mean = if total > 0.0 { sum / total } else { 1.0 };
        guards::corrections(rows, run, &self.labels, mean);
        Some(frequency.in_model(mean))
    }
}
