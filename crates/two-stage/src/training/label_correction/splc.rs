//! Label correction by a fixed threshold (`correction` = splc): self-paced loss correction as Zhang
//! et al. released it (arXiv 2112.07368), on the exposed engaged rows.

use super::corrected::Corrected;
use crate::{
    Result,
    model::{CorrectionNetwork, Stage},
    options::Correction,
    probability::sigmoid,
    training::{
        engine::{Objective, Plan, Stream, Tally, fit, predict},
        folds::Member,
        losses::splc,
        observer::Step,
        rows::{TrainingRow, TrainingRows},
        run::Run,
    },
    word::RowIndex,
};

/// A labelled row's logit is lowered by this, so that it is learned with a margin.
const MARGIN: f64 = 1.0;
/// An unlabelled row whose probability is above this counts as labelled, from this epoch on.
const THRESHOLD: f64 = 0.6;
const FIRST_CORRECTION: usize = 1;
const _: () = assert!(Correction::Splc.min_epochs() == FIRST_CORRECTION + 1);

/// Fits stage 2 and returns the corrected labels.
pub(in crate::training) fn correct(
    rows: &TrainingRows,
    run: &mut Run,
    member: &Member,
) -> Result<Corrected> {
    let uses = |row: &TrainingRow| row.engaged() && row.exposed;
    let stream = Stream::LabelCorrection(member.number);
    let plan = Plan {
        // The loss on the observed labels is least before anything is corrected, so that the plain
        // network would be kept.
        first_validation: FIRST_CORRECTION,
        ..Plan::new(rows, Step::LabelCorrection, stream, member.split(rows, uses))
    };
    let fitted = fit(rows, run, 1, &plan, &SelfPaced { rows }, |_| ())?;
    run.keep_history(Stage::LabelCorrection, member.number, &fitted.epochs);
    let mut corrected = Corrected::observed(rows);
    let exposed = rows.select(uses);
    predict(rows, run, Step::LabelCorrection, &fitted.network, &exposed, |row, logits| {
        if !rows.row(row).is_labelled() && is_corrected(sigmoid(logits[0].into())) {
            corrected.labels[row] = 1.0;
        }
    });
    let network = CorrectionNetwork { network: fitted.network, learns_label_frequency: false };
    Ok(Corrected { network: Some(network), ..corrected })
}

/// Tells if an unlabelled customer of this probability counts as campaign-driven.
pub(crate) fn is_corrected(f: f64) -> bool {
    f > THRESHOLD
}

struct SelfPaced<'a> {
    rows: &'a TrainingRows<'a>,
}

impl SelfPaced<'_> {
    /// The row's weighted loss and its slope. `corrects`: the label may be corrected.
    fn loss(&self, row: RowIndex, logit: f32, corrects: bool) -> Loss {
        let row = self.rows.row(row);
        let labelled = row.is_labelled();
        let z = f64::from(logit) - if labelled { MARGIN } else { 0.0 };
        let corrected = corrects && !labelled && is_corrected(sigmoid(z));
        let (loss, slope) = splc(z, labelled || corrected);
        Loss { loss: row.weight * loss, slope: row.weight * slope, corrected }
    }
}

/// The weighted loss of a row, its slope, and if its label was corrected.
struct Loss {
    loss: f64,
    slope: f64,
    corrected: bool,
}

impl Objective for SelfPaced<'_> {
    fn gradients(&self, epoch: usize, rows: &[RowIndex], logits: &[f32], out: &mut [f32]) -> Tally {
        let corrects = epoch >= FIRST_CORRECTION;
        let mut tally = Tally::default();
        for ((&row, &logit), gradient) in rows.iter().zip(logits).zip(out) {
            let Loss { loss, slope, corrected } = self.loss(row, logit, corrects);
            *gradient = slope as f32;
            tally.add(Tally { loss, corrected: u64::from(corrected) });
        }
        tally
    }

    fn validation(&self, rows: &[RowIndex], logits: &[f32]) -> f64 {
        rows.iter().zip(logits).map(|(&row, &logit)| self.loss(row, logit, false).loss).sum()
    }

    fn corrects(&self) -> bool {
        true
    }
}
