//! The networks of a model: of a single member, or of a committee (option `ensemble`) whose members
//! hold out a fold each.

use std::mem::take;

use super::{
    engine::{evenly, predict},
    folds::Member,
    label_correction::{Corrected, correct_by_posterior, correct_by_splc},
    method::Method,
    observer::Step,
    out_of_fold,
    parts::Parts,
    report::guards,
    rows::{PerRow, TrainingRows},
    run::Run,
    segmentation,
    slope::{self, HeldOut},
    unseen::{self, Unseen},
    uplift::{self, Uplift},
};
use crate::{
    Result,
    model::{CorrectionNetwork, Intent, LabelFrequency, Mode, Score, UpliftFindings, UpliftRole},
    network::Network,
    probability::softmax,
    word::RowIndex,
};

/// The first output's initial bias in a committee without any campaign label.
const UNLABELLED_BIAS: f32 = -1.0;

/// The findings of the members together.
pub(super) struct Committee {
    pub scoring: Parts,
    pub correction: Vec<CorrectionNetwork>,
    /// t of every row, the members' mean.
    pub labels: PerRow<f32>,
    pub label_frequency: Option<LabelFrequency>,
    /// The first member and its networks, which are compared with other models.
    pub first_member: Member,
    pub first: Parts,
    pub findings: Option<UpliftFindings>,
    /// The scores of rows by the members that held them out.
    pub out_of_fold: Vec<(RowIndex, Score)>,
}

impl Committee {
    /// t of every row; `None` where no label was corrected, because the intent is the same for all.
    pub fn corrected_labels(&self) -> Option<&PerRow<f32>> {
        (!matches!(self.scoring.intent, Intent::Constant(_))).then_some(&self.labels)
    }
}

/// Trains every member, and puts their findings together.
pub(super) fn fit(
    rows: &TrainingRows,
    run: &mut Run,
    method: &Method,
    members: Vec<Member>,
    uplift: Option<Uplift>,
) -> Result<Committee> {
    let is_committee = members.len() > 1;
    let mut gathered = Gathered::new(rows, uplift.is_some());
    for member in &members {
        let corrected = correct(rows, run, member, method, is_committee)?;
        if matches!(method, Method::Uplift) {
            gathered.labels.add(&corrected.labels);
            continue;
        }
        let network = segmentation::fit(rows, run, member, &corrected, is_committee)?;
        gathered.add(rows, run, member, corrected, network);
    }
    gathered.finish(rows, run, method, members, uplift)
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
        Method::Observed | Method::Uplift => Ok(Corrected::observed(rows)),
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
    /// The segments' probabilities of held-out rows: of all where uplift networks join them.
    unseen: Vec<Unseen<3>>,
    has_uplift: bool,
}

impl Gathered {
    fn new(rows: &TrainingRows, has_uplift: bool) -> Self {
        Self {
            segmentation: Vec::new(),
            correction: Vec::new(),
            labels: rows.fill(0.0),
            frequency: rows.fill(0.0),
            held_out: Vec::new(),
            unseen: Vec::new(),
            has_uplift,
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
        self.add_unseen(rows, run, member, &network);
        self.correction.extend(corrected.network);
        self.segmentation.push(network);
    }

    fn add_unseen(
        &mut self,
        rows: &TrainingRows,
        run: &mut Run,
        member: &Member,
        network: &Network,
    ) {
        let (_, mut held_out) = member.split(rows, |_| true);
        if !self.has_uplift {
            held_out = evenly(&held_out, out_of_fold::MAX_ROWS);
        }
        unseen::add(
            &mut self.unseen,
            rows,
            run,
            Step::Segmentation,
            network,
            &held_out,
            |logits| softmax([logits[0], logits[1], logits[2]].map(f64::from)),
        );
    }

    fn finish(
        mut self,
        rows: &TrainingRows,
        run: &mut Run,
        method: &Method,
        mut members: Vec<Member>,
        uplift: Option<Uplift>,
    ) -> Result<Committee> {
        let count = members.len() as f32;
        self.labels.iter_mut().for_each(|t| *t /= count);
        self.frequency.iter_mut().for_each(|c| *c /= count);
        let label_frequency = self.label_frequency(rows, run, method);
        let held_out = take(&mut self.held_out);
        let intent = intent(rows, run, method, members.len(), held_out);
        let role = role(rows, method, members.len());
        let (parts, findings, out_of_fold) = self.parts(rows, run, intent, role, uplift);
        let first = parts.first();
        let has_several = members.len() > 1 || parts.uplift.is_some();
        let scoring = match has_several && rows.options.distil() {
            true => parts.distilled(rows, run, members.len())?,
            false => parts,
        };
        Ok(Committee {
            scoring,
            correction: self.correction,
            labels: self.labels,
            label_frequency,
            first_member: members.swap_remove(0),
            first,
            findings,
            out_of_fold,
        })
    }

    /// The parts of a score, the findings of the uplift networks, and the scores of held-out rows.
    fn parts(
        &mut self,
        rows: &TrainingRows,
        run: &mut Run,
        intent: Intent,
        role: Option<UpliftRole>,
        uplift: Option<Uplift>,
    ) -> (Parts, Option<UpliftFindings>, Vec<(RowIndex, Score)>) {
        run.enter(Step::Segmentation);
        let unseen = unseen::in_order(take(&mut self.unseen));
        let joined =
            uplift.as_ref().map(|uplift| uplift::join(rows, run, uplift, &unseen, intent, role));
        let (networks, findings) = joined.unzip();
        let segmentation = take(&mut self.segmentation);
        let parts = Parts { segmentation, intent, uplift: networks.flatten() };
        let engagement = uplift.map_or_else(Vec::new, |uplift| uplift.unseen);
        let scores = out_of_fold::scores(parts.networks(), &unseen, &engagement, rows.poll());
        (parts, findings, scores)
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

/// The source of the intent: in a committee, exposure tells how steep it is.
fn intent(
    rows: &TrainingRows,
    run: &mut Run,
    method: &Method,
    members: usize,
    held_out: Vec<HeldOut>,
) -> Intent {
    match method {
        Method::Constant(intent) => Intent::Constant(*intent),
        Method::Posterior(_) if members > 1 && rows.mode() == Mode::Exposure => {
            slope::estimate(rows, run, held_out).map_or(Intent::Learned, Intent::Rescaled)
        }
        _ => Intent::Learned,
    }
}

/// The part of the uplift networks in the scores; `None` where no method lets them have any.
fn role(rows: &TrainingRows, method: &Method, members: usize) -> Option<UpliftRole> {
    match method {
        Method::Uplift => Some(UpliftRole::Alone),
        Method::Posterior(_) if rows.labelled() == 0 && members > 1 => Some(UpliftRole::Half),
        Method::Posterior(_) => Some(UpliftRole::PutOffOnly),
        Method::Constant(_) | Method::Observed | Method::Splc => None,
    }
}
