//! Distillation: one network learns what a committee says, so that scoring costs no more than
//! without one.

use super::{
    engine::{Fitted, Objective, Plan, Softmax, Stream, Tally, fit, predict},
    folds::Member,
    losses,
    observer::Step,
    rows::{PerRow, TrainingRow, TrainingRows},
    run::Run,
    segmentation::{gradients, total_loss},
};
use crate::{Result, model::Stage, network::Network, probability::softmax, word::RowIndex};

/// Fits one network to the members' mean probabilities.
pub(super) fn distil(rows: &TrainingRows, run: &mut Run, members: &[Network]) -> Result<Network> {
    let all: Vec<RowIndex> = rows.each().map(|row| row.index).collect();
    let mut targets = rows.fill([0.0_f32; 3]);
    for network in members {
        predict(rows, run, Step::Distillation, network, &all, |row, logits| {
            let p = softmax([logits[0], logits[1], logits[2]].map(f64::from));
            for (target, p) in targets[row].iter_mut().zip(p) {
                *target += (p / members.len() as f64) as f32;
            }
        });
    }
    let member = Member::single(rows);
    let split = member.split(rows, |_| true);
    let plan = Plan::new(rows, Step::Distillation, Stream::Distillation, split);
    let objective = Distillation { rows, targets };
    let Fitted { network, epochs } = fit(rows, run, 3, &plan, &objective, |_| ())?;
    run.keep_history(Stage::Distillation, member.number, &epochs);
    Ok(network)
}

struct Distillation<'a> {
    rows: &'a TrainingRows<'a>,
    targets: PerRow<[f32; 3]>,
}

impl Distillation<'_> {
    fn loss(&self, row: &TrainingRow, chances: Softmax) -> (f64, [f64; 3]) {
        losses::segmentation(chances, self.targets[row.index].map(f64::from))
    }
}

impl Objective for Distillation<'_> {
    fn gradients(&self, _: usize, rows: &[RowIndex], logits: &[f32], out: &mut [f32]) -> Tally {
        gradients(self.rows, rows, logits, out, |row, p| self.loss(row, p))
    }

    fn validation(&self, rows: &[RowIndex], logits: &[f32]) -> f64 {
        total_loss(self.rows, rows, logits, |row, p| self.loss(row, p).0)
    }
}
