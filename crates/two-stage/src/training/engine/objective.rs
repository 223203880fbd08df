//! The objective of a fit: the losses of its rows, and their gradients by the logits.

use crate::word::RowIndex;

/// A loss to be minimised. Epochs count from 0.
pub(in crate::training) trait Objective: Sync {
    /// Writes the gradient of each row's weighted loss by its logits.
    fn gradients(&self, epoch: usize, rows: &[RowIndex], logits: &[f32], out: &mut [f32]) -> Tally;

    /// The sum of the rows' weighted validation losses; it uses no true label.
    fn validation(&self, rows: &[RowIndex], logits: &[f32]) -> f64;

    /// Tells if this objective corrects labels, and counts them.
    fn corrects(&self) -> bool {
        false
    }
}

/// The sums over the rows of a batch, or of an epoch.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(in crate::training) struct Tally {
    pub loss: f64,
    /// Labels that count as corrected.
    pub corrected: u64,
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        self.loss += other.loss;
        self.corrected += other.corrected;
    }
}
