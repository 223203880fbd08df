//! Stage 1: the three segments, on the corrected labels (step 3).

use super::{
    Corrected, Member, Run,
    fit::{self, Objective, Tally},
    loss::{self, Softmax, for_each_softmax},
    plan::{Plan, Stream},
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
    let objective = Segments { rows, corrected, blends };
    Ok(fit::stage(rows, run, 3, &plan, &objective)?.network)
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
    fn loss(&self, row: usize, chances: Softmax, validates: bool) -> (f64, [f64; 3]) {
        if self.rows.segment(row).engaged() {
            let t = f64::from(self.corrected.labels[row]);
            match self.hidden(row) {
                None => loss::segmentation(chances, [0.0, 1.0 - t, t]),
                Some(c) if validates => (loss::unlabelled(chances, c), [0.0; 3]),
                Some(c) => {
                    let t = 0.5 * t + 0.5 * loss::believed(chances, c);
                    loss::segmentation(chances, [0.0, 1.0 - t, t])
                }
            }
        } else if self.corrected.candidates && !self.rows.exposed(row) {
            loss::not_organic(chances)
        } else {
            loss::segmentation(chances, [1.0, 0.0, 0.0])
        }
    }
}

impl Objective for Segments<'_> {
    fn gradients(&self, _: usize, rows: &[u32], logits: &[f32], out: &mut [f32]) -> Tally {
        gradients(self.rows, rows, logits, out, |row, p| self.loss(row, p, false))
    }

    fn validation(&self, rows: &[u32], logits: &[f32]) -> f64 {
        losses(self.rows, rows, logits, |row, p| self.loss(row, p, true).0)
    }
}

/// Writes the weighted gradients of a loss over three logits.
pub(super) fn gradients(
    rows: &TrainingRows,
    which: &[u32],
    logits: &[f32],
    gradients: &mut [f32],
    loss: impl Fn(usize, Softmax) -> (f64, [f64; 3]),
) -> Tally {
    let mut tally = Tally::default();
    let gradients = gradients.as_chunks_mut::<3>().0;
    for_each_softmax(logits, |place, chances| {
        let row = which[place] as usize;
        let weight = rows.weight(row);
        let (loss, slopes) = loss(row, chances);
        gradients[place] = slopes.map(|slope| (weight * slope) as f32);
        tally.loss += weight * loss;
    });
    tally
}

/// The weighted sum of a loss over three logits.
pub(super) fn losses(
    rows: &TrainingRows,
    which: &[u32],
    logits: &[f32],
    loss: impl Fn(usize, Softmax) -> f64,
) -> f64 {
    let mut total = 0.0;
    for_each_softmax(logits, |place, chances| {
        let row = which[place] as usize;
        total += rows.weight(row) * loss(row, chances);
    });
    total
}
