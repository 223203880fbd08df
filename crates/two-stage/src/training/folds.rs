//! Folds: which rows a network trains on, and which it holds out.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::{
    engine::{Stream, stream},
    rows::{TrainingRow, TrainingRows},
};
use crate::word::RowIndex;

/// Below this number of rows a committee is the default, of this size: distilled, it keeps what it
/// gains (docs/figures.md).
const FEW_ROWS: usize = 50_000;
const COMMITTEE_OF_FEW_ROWS: u8 = 5;
const EPOCHS_OF_MANY_ROWS: usize = 6;

/// One of the networks that are trained alike: the only one, or one of a committee.
pub(super) struct Member {
    /// The number of its streams of random numbers.
    pub number: u8,
    /// For each copy of each row: set where it chooses the best epoch instead of training.
    held_out: Vec<bool>,
}

impl Member {
    /// A single network, which holds out the validation fraction.
    pub fn single(rows: &TrainingRows) -> Self {
        let mut rng = stream(rows.options.seed(), Stream::Split);
        let fraction = rows.options.validation_fraction();
        let copies = rows.copies().map(|row| row.index);
        Self { number: 0, held_out: rows.draw(copies, || rng.random::<f64>() < fraction) }
    }

    /// A single network, or the k of a committee, which hold out a fold each.
    pub fn all(rows: &TrainingRows) -> Vec<Self> {
        let default = if rows.len() < FEW_ROWS { COMMITTEE_OF_FEW_ROWS } else { 1 };
        let size = rows.options.ensemble().unwrap_or(default);
        if size == 1 {
            return vec![Self::single(rows)];
        }
        let mut rng = stream(rows.options.seed(), Stream::Folds);
        let folds = deal(rows, rows.copies().map(|row| row.index), size, &mut rng);
        let held_out = |number| folds.iter().map(|&fold| fold == number).collect();
        (0..size).map(|number| Self { number, held_out: held_out(number) }).collect()
    }

    /// The most epochs of an uplift network and of a distillation: few beside a single network of many
    /// rows, where each epoch takes long.
    pub fn epochs_at_most(rows: &TrainingRows, members: usize) -> usize {
        let few = members == 1 && rows.len() >= FEW_ROWS;
        rows.options.epochs().min(if few { EPOCHS_OF_MANY_ROWS } else { usize::MAX })
    }

    /// The rows that it trains on and those that it holds out, of those that a condition holds for.
    pub fn split(
        &self,
        rows: &TrainingRows,
        uses: impl Fn(&TrainingRow) -> bool,
    ) -> (Vec<RowIndex>, Vec<RowIndex>) {
        let (mut training, mut held_out) = (Vec::new(), Vec::new());
        for (row, &is_held_out) in rows.copies().zip(&self.held_out) {
            if uses(&row) {
                if is_held_out { &mut held_out } else { &mut training }.push(row.index);
            }
        }
        (training, held_out)
    }
}

/// A fold, from 0 to `folds` − 1, for each row of a list in the canonical order; the rows of a
/// customer are in the same one.
pub(super) fn deal(
    rows: &TrainingRows,
    list: impl Iterator<Item = RowIndex>,
    folds: u8,
    rng: &mut ChaCha8Rng,
) -> Vec<u8> {
    rows.draw(list, || rng.random_range(0..folds))
}
