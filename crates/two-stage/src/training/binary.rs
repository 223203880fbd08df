//! The objective of a binary network: the log loss of a label that every row has.

use super::{
    engine::{Logistic, Objective, Tally, for_each_logistic},
    losses::intent,
    rows::{TrainingRow, TrainingRows},
};
use crate::word::RowIndex;

/// The weighted log loss of a label.
pub(super) struct Binary<'a> {
    pub rows: &'a TrainingRows<'a>,
    pub label: fn(&TrainingRow) -> bool,
}

impl Binary<'_> {
    /// The row's weighted loss and its slope.
    fn loss(&self, row: RowIndex, chance: Logistic) -> (f64, f64) {
        let row = self.rows.row(row);
        let s = f64::from(u8::from((self.label)(&row)));
        let (loss, slope) = intent(chance, s, 1.0);
        (row.weight * loss, row.weight * slope)
    }
}

impl Objective for Binary<'_> {
    fn gradients(&self, _: usize, rows: &[RowIndex], logits: &[f32], out: &mut [f32]) -> Tally {
        let mut tally = Tally::default();
        for_each_logistic(logits, 1, |place, chances| {
            let (loss, slope) = self.loss(rows[place], chances[0]);
            out[place] = slope as f32;
            tally.loss += loss;
        });
        tally
    }

    fn validation(&self, rows: &[RowIndex], logits: &[f32]) -> f64 {
        let mut total = 0.0;
        for_each_logistic(logits, 1, |place, chances| {
            total += self.loss(rows[place], chances[0]).0;
        });
        total
    }
}
