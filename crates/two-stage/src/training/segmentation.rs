//! Stage 1, segmentation: the three segments, on the corrected labels.

use super::{
    engine::{
        Fitted, Objective, Plan, Softmax, Stream, Tally, fit as fit_network, for_each_softmax,
    },
    folds::Member,
    label_correction::Corrected,
    losses,
    observer::Step,
    rows::{TrainingRow, TrainingRows},
    run::Run,
};
use crate::{Result, model::Stage, network::Network, word::RowIndex};

/// Fits a member's stage 1. `blends`: a missing label also follows the network's own belief, as in a
/// committee.
pub(super) fn fit(
    rows: &TrainingRows,
    run: &mut Run,
    member: &Member,
    corrected: &Corrected,
    blends: bool,
) -> Result<Network> {
    let stream = Stream::Segmentation(member.number);
    let plan = Plan::new(rows, Step::Segmentation, stream, member.split(rows, |_| true));
    let objective = Segments { rows, corrected, blends };
    let Fitted { network, epochs } = fit_network(rows, run, 3, &plan, &objective, |_| ())?;
    run.keep_history(Stage::Segmentation, member.number, &epochs);
    Ok(network)
}

/// The objective of stage 1.
pub(super) struct Segments<'a> {
    pub rows: &'a TrainingRows<'a>,
    pub corrected: &'a Corrected,
    pub blends: bool,
}

impl Segments<'_> {
    /// c of a row whose label may be missing, where the network's own belief counts.
    fn hidden(&self, row: &TrainingRow) -> Option<f64> {
        let frequency = self.corrected.frequency.as_ref().filter(|_| self.blends)?;
        let may_be_hidden = row.exposed && !row.is_labelled();
        may_be_hidden.then(|| f64::from(frequency[row.index]))
    }

    /// The row's loss and its gradient by the logits.
    fn loss(&self, row: &TrainingRow, chances: Softmax, validates: bool) -> (f64, [f64; 3]) {
        if row.engaged() {
            let t = f64::from(self.corrected.labels[row.index]);
            match self.hidden(row) {
                None => losses::segmentation(chances, [0.0, 1.0 - t, t]),
                Some(c) if validates => (losses::unlabelled(chances, c), [0.0; 3]),
                Some(c) => {
                    let t = 0.5 * t + 0.5 * losses::believed(chances, c);
                    losses::segmentation(chances, [0.0, 1.0 - t, t])
                }
            }
        } else if self.corrected.candidates && !row.exposed {
            losses::not_organic(chances)
        } else {
            losses::segmentation(chances, [1.0, 0.0, 0.0])
        }
    }
}

impl Objective for Segments<'_> {
    fn gradients(&self, _: usize, rows: &[RowIndex], logits: &[f32], out: &mut [f32]) -> Tally {
        gradients(self.rows, rows, logits, out, |row, p| self.loss(row, p, false))
    }

    fn validation(&self, rows: &[RowIndex], logits: &[f32]) -> f64 {
        total_loss(self.rows, rows, logits, |row, p| self.loss(row, p, true).0)
    }
}

/// Writes the weighted gradients of a loss over three logits.
pub(super) fn gradients(
    rows: &TrainingRows,
    list: &[RowIndex],
    logits: &[f32],
    gradients: &mut [f32],
    loss: impl Fn(&TrainingRow, Softmax) -> (f64, [f64; 3]),
) -> Tally {
    let mut tally = Tally::default();
    let gradients = gradients.as_chunks_mut::<3>().0;
    for_each_softmax(logits, |place, chances| {
        let row = rows.row(list[place]);
        let (loss, slopes) = loss(&row, chances);
        gradients[place] = slopes.map(|slope| (row.weight * slope) as f32);
        tally.loss += row.weight * loss;
    });
    tally
}

/// The weighted sum of a loss over three logits.
pub(super) fn total_loss(
    rows: &TrainingRows,
    list: &[RowIndex],
    logits: &[f32],
    loss: impl Fn(&TrainingRow, Softmax) -> f64,
) -> f64 {
    let mut total = 0.0;
    for_each_softmax(logits, |place, chances| {
        let row = rows.row(list[place]);
        total += row.weight * loss(&row, chances);
    });
    total
}
