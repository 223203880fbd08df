//! `correction` = splc: self-paced loss correction with a fixed threshold, as Zhang et al. released
//! it (arXiv 2112.07368), on the exposed engaged rows.

use super::{
    Corrected, Member, Run,
    fit::{self, Objective, Tally, predict},
    loss::{sigmoid, splc},
    plan::{Plan, Stream},
    rows::TrainingRows,
};
use crate::{Result, model::CorrectionNetwork};

/// A labelled row's logit is lowered by this: it has to be learned with a margin.
const MARGIN: f64 = 1.0;
/// An unlabelled row above this counts as labelled, from this epoch on.
pub(crate) const THRESHOLD: f64 = 0.6;
const FIRST_CORRECTION: usize = 1;

struct SelfPaced<'a> {
    rows: &'a TrainingRows<'a>,
}

pub(super) fn correct(rows: &TrainingRows, run: &mut Run, member: &Member) -> Result<Corrected> {
    let uses = |row: usize| rows.segment(row).engaged() && rows.exposed(row);
    // The loss on the observed labels is least before anything is corrected: that network would be
    // the plain one.
    let stream = Stream::LabelCorrection(member.number);
    let plan = Plan::of_member(rows, member, stream, uses, FIRST_CORRECTION);
    let fitted = fit::stage(rows, run, 1, &plan, &SelfPaced { rows })?;
    let mut labels = super::observed_labels(rows);
    let exposed = rows.select(uses);
    predict(rows, run.observer, &fitted.network, &exposed, super::correction::NAME, |row, z| {
        if is_corrected(f64::from(z[0]), rows.is_labelled(row)) {
            labels[row] = 1.0;
        }
    });
    Ok(Corrected {
        labels,
        frequency: None,
        network: Some(CorrectionNetwork { network: fitted.network, learns_label_frequency: false }),
        candidates: false,
    })
}

fn is_corrected(z: f64, labelled: bool) -> bool {
    !labelled && sigmoid(z) > THRESHOLD
}

impl SelfPaced<'_> {
    /// The row's weighted loss and its slope; `corrects`: whether the label may be corrected.
    fn loss(&self, row: usize, logit: f32, corrects: bool) -> (f64, f64) {
        let labelled = self.rows.is_labelled(row);
        let z = f64::from(logit) - if labelled { MARGIN } else { 0.0 };
        let (loss, slope) = splc(z, labelled || corrects && is_corrected(z, labelled));
        (self.rows.weight(row) * loss, self.rows.weight(row) * slope)
    }
}

impl Objective for SelfPaced<'_> {
    fn gradients(
        &self,
        epoch: usize,
        rows: &[u32],
        logits: &[f32],
        gradients: &mut [f32],
    ) -> Tally {
        let corrects = epoch >= FIRST_CORRECTION;
        let mut tally = Tally::default();
        for ((&row, &logit), gradient) in rows.iter().zip(logits).zip(gradients) {
            let row = row as usize;
            let (loss, slope) = self.loss(row, logit, corrects);
            *gradient = slope as f32;
            let corrected = corrects && is_corrected(f64::from(logit), self.rows.is_labelled(row));
            tally.add(Tally { loss, corrected: u64::from(corrected) });
        }
        tally
    }

    fn validation(&self, rows: &[u32], logits: &[f32]) -> f64 {
        rows.iter().zip(logits).map(|(&row, &logit)| self.loss(row as usize, logit, false).0).sum()
    }

    fn corrects(&self) -> bool {
        true
    }
}
