//! Stage 1: the three segments, on the corrected labels (step 3).

use super::{
    Corrected, Member, Run,
    fit::{self, Objective, Plan, Stream},
    loss,
    rows::TrainingRows,
};
use crate::{Result, network::Network};

pub(super) const NAME: &str = "segmentation";

/// `blends`: whether a hidden label also follows the network's own belief, as in a committee.
pub(super) fn fit(
    rows: &TrainingRows,
    run: &mut Run,
    member: &Member,
    corrected: &Corrected,
    blends: bool,
) -> Result<Network> {
    let plan = Plan::of_member(rows, member, Stream::Segmentation(member.number), |_| true, 0);
    let mut objective = Segments { rows, corrected, blends };
    Ok(fit::stage(rows, run, 3, plan, &mut objective)?.network)
}

pub(super) struct Segments<'a> {
    pub rows: &'a TrainingRows<'a>,
    pub corrected: &'a Corrected,
    pub blends: bool,
}

impl Segments<'_> {
    /// c of a row whose label may be hidden, where the network's own belief counts.
    fn hidden(&self, row: usize) -> Option<f64> {
        let frequency = self.corrected.frequency.as_ref().filter(|_| self.blends)?;
        let may_be_hidden = self.rows.exposed(row) && !self.rows.is_labelled(row);
        may_be_hidden.then(|| f64::from(frequency[row]))
    }

    /// The row's loss and its gradient by the logits.
    fn loss(&self, row: usize, logits: &[f32], validates: bool) -> (f64, [f64; 3]) {
        let z = [0, 1, 2].map(|k| f64::from(logits[k]));
        if self.rows.segment(row).engaged() {
            let t = f64::from(self.corrected.labels[row]);
            match self.hidden(row) {
                None => loss::segmentation(z, [0.0, 1.0 - t, t]),
                Some(c) if validates => (loss::unlabelled(z, c), [0.0; 3]),
                Some(c) => {
                    let t = 0.5 * t + 0.5 * loss::believed(z, c);
                    loss::segmentation(z, [0.0, 1.0 - t, t])
                }
            }
        } else if self.corrected.candidates && !self.rows.exposed(row) {
            loss::not_organic(z)
        } else {
            loss::segmentation(z, [1.0, 0.0, 0.0])
        }
    }
}

impl Objective for Segments<'_> {
    fn gradients(&mut self, rows: &[u32], logits: &[f32], out: &mut [f32]) -> f64 {
        gradients(self.rows, rows, logits, out, |row, z| self.loss(row, z, false))
    }

    fn validation(&self, rows: &[u32], logits: &[f32]) -> f64 {
        losses(self.rows, rows, logits, |row, z| self.loss(row, z, true).0)
    }
}

/// Writes the weighted gradients of a loss over three logits; returns the weighted sum of losses.
pub(super) fn gradients(
    rows: &TrainingRows,
    which: &[u32],
    logits: &[f32],
    gradients: &mut [f32],
    loss: impl Fn(usize, &[f32]) -> (f64, [f64; 3]),
) -> f64 {
    let each = which.iter().zip(logits.chunks_exact(3)).zip(gradients.chunks_exact_mut(3));
    each.map(|((&row, logits), gradients)| {
        let weight = rows.weight(row as usize);
        let (loss, slopes) = loss(row as usize, logits);
        for (gradient, slope) in gradients.iter_mut().zip(slopes) {
            *gradient = (weight * slope) as f32;
        }
        weight * loss
    })
    .sum()
}

/// The weighted sum of a loss over three logits.
pub(super) fn losses(
    rows: &TrainingRows,
    which: &[u32],
    logits: &[f32],
    loss: impl Fn(usize, &[f32]) -> f64,
) -> f64 {
    let each = which.iter().zip(logits.chunks_exact(3));
    each.map(|(&row, logits)| rows.weight(row as usize) * loss(row as usize, logits)).sum()
}
