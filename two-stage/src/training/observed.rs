//! A binary network on the campaign labels as they stand: `correction` = none, and the pilots of
//! step 0.

use super::{
    Corrected, Member, Run,
    fit::{self, Objective, Plan, Stream},
    loss::intent,
    observed_labels,
    rows::TrainingRows,
};
use crate::{Result, model::CorrectionNetwork};

pub(super) fn correct(rows: &TrainingRows, run: &mut Run, member: &Member) -> Result<Corrected> {
    let uses = |row: usize| rows.segment(row).engaged() && rows.exposed(row);
    let plan = Plan::of_member(rows, member, Stream::LabelCorrection(member.number), uses, 0);
    let network = fit::stage(rows, run, 1, plan, &mut ObservedLabels { rows })?.network;
    Ok(Corrected {
        labels: observed_labels(rows),
        frequency: None,
        network: Some(CorrectionNetwork { network, learns_label_frequency: false }),
        candidates: false,
    })
}

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
