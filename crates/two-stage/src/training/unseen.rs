//! The opinions of networks on rows that they did not see.

use super::{engine::predict, observer::Step, rows::TrainingRows, run::Run};
use crate::{network::Network, word::RowIndex};

/// The copies of a row that a network held out, with its opinion.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unseen<const N: usize> {
    pub row: RowIndex,
    /// The number of these copies.
    pub copies: f64,
    pub opinion: [f64; N],
}

/// Adds the opinions of a network on the rows that it held out. `held_out` has copies of a row side by
/// side.
pub(super) fn add<const N: usize>(
    list: &mut Vec<Unseen<N>>,
    rows: &TrainingRows,
    run: &mut Run,
    step: Step,
    network: &Network,
    held_out: &[RowIndex],
    opinion: impl Fn(&[f32]) -> [f64; N],
) {
    let copies: Vec<f64> = held_out.chunk_by(|a, b| a == b).map(|same| same.len() as f64).collect();
    let mut distinct = held_out.to_vec();
    distinct.dedup();
    let mut copies = copies.into_iter();
    predict(rows, run, step, network, &distinct, |row, logits| {
        let copies = copies.next().unwrap_or(1.0);
        list.push(Unseen { row, copies, opinion: opinion(logits) });
    });
}

/// Puts the rows in canonical order. Copies of a row that several networks held out stay apart: a mean of
/// these networks' opinions would know something of the outcomes of each other's rows.
pub(super) fn in_order<const N: usize>(mut list: Vec<Unseen<N>>) -> Vec<Unseen<N>> {
    list.sort_by_key(|unseen| unseen.row);
    list
}
