//! Stage 1: the three segments, on the corrected labels (step 3).

use super::{
    Corrected, Training,
    fit::{Objective, Plan, Stream, network, stream},
    loss,
    rows::TrainingRows,
};
use crate::{Result, model::Stage, network::Network};

pub(super) const NAME: &str = "segmentation";

pub(super) fn fit(training: &mut Training, corrected: &Corrected) -> Result<Network> {
    let mut rng = stream(training.options().seed, Stream::Segmentation);
    let initial = network(&training.rows, 3, &mut rng);
    let (train, held_out) = training.split_rows(|_| true);
    let plan = Plan {
        training: &train,
        validation: &held_out,
        first_validation: 0,
        rng,
        stage: Stage::Segmentation,
        name: NAME,
    };
    let rows = &training.rows;
    let mut objective = Segments { rows, corrected };
    let (network, mut history) =
        super::fit::fit(rows, training.observer, initial, &mut objective, plan)?;
    training.history.append(&mut history);
    Ok(network)
}

struct Segments<'a> {
    rows: &'a TrainingRows<'a>,
    corrected: &'a Corrected,
}

impl Segments<'_> {
    /// The row's loss and its gradient by the logits.
    fn loss(&self, row: usize, logits: &[f32]) -> (f64, [f64; 3]) {
        let z = [0, 1, 2].map(|k| f64::from(logits[k]));
        if self.rows.segment(row).engaged() {
            let t = f64::from(self.corrected.posterior[row]);
            loss::segmentation(z, [0.0, 1.0 - t, t])
        } else if self.corrected.candidates && !self.rows.exposed(row) {
            loss::not_organic(z)
        } else {
            loss::segmentation(z, [1.0, 0.0, 0.0])
        }
    }
}

impl Objective for Segments<'_> {
    fn gradients(&mut self, rows: &[u32], logits: &[f32], gradients: &mut [f32]) -> f64 {
        let each = rows.iter().zip(logits.chunks_exact(3)).zip(gradients.chunks_exact_mut(3));
        each.map(|((&row, logits), gradients)| {
            let weight = self.rows.weight(row as usize);
            let (loss, slopes) = self.loss(row as usize, logits);
            for (gradient, slope) in gradients.iter_mut().zip(slopes) {
                *gradient = (weight * slope) as f32;
            }
            weight * loss
        })
        .sum()
    }

    fn validation(&self, rows: &[u32], logits: &[f32]) -> f64 {
        let each = rows.iter().zip(logits.chunks_exact(3));
        each.map(|(&row, logits)| {
            self.rows.weight(row as usize) * self.loss(row as usize, logits).0
        })
        .sum()
    }
}
