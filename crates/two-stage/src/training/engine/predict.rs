//! The logits of rows, without a gradient.

use crate::{
    network::{Batch, Network},
    training::{observer::Step, rows::TrainingRows, run::Run},
    word::RowIndex,
};

/// Rows of a block.
pub(super) const BLOCK: usize = 1024;

/// Puts rows through a network; their logits are then in `batch`.
pub(super) fn forward(
    rows: &TrainingRows,
    network: &Network,
    block: &[RowIndex],
    batch: &mut Batch,
) {
    rows.encode(block, batch.inputs_mut(block.len(), network.shape().inputs));
    batch.forward(network);
}

/// Calls `each` with every row of a list and its logits.
pub(in crate::training) fn predict(
    rows: &TrainingRows,
    run: &mut Run,
    step: Step,
    network: &Network,
    list: &[RowIndex],
    mut each: impl FnMut(RowIndex, &[f32]),
) {
    let mut batch = Batch::new(network.shape(), BLOCK);
    for block in list.chunks(BLOCK) {
        run.enter(step);
        forward(rows, network, block, &mut batch);
        let logits = batch.logits().chunks_exact(network.shape().outputs);
        for (&row, logits) in block.iter().zip(logits) {
            each(row, logits);
        }
    }
}
