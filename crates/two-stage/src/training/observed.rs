//! A binary network on the campaign labels as they stand: the pilots of step 0.

use super::{
    fit::{Objective, Tally},
    loss::{Logistic, for_each_logistic, intent},
    rows::TrainingRows,
};

pub(super) struct ObservedLabels<'a> {
    pub rows: &'a TrainingRows<'a>,
}

impl ObservedLabels<'_> {
    /// The row's weighted loss and its slope.
    fn loss(&self, row: u32, chance: Logistic) -> (f64, f64) {
        let row = row as usize;
        let s = f64::from(u8::from(self.rows.is_labelled(row)));
        let (loss, slope) = intent(chance, s, 1.0);
        (self.rows.weight(row) * loss, self.rows.weight(row) * slope)
    }
}

impl Objective for ObservedLabels<'_> {
    fn gradients(&self, _: usize, rows: &[u32], logits: &[f32], gradients: &mut [f32]) -> Tally {
        let mut tally = Tally::default();
        for_each_logistic(logits, 1, |place, chances| {
            let (loss, slope) = self.loss(rows[place], chances[0]);
            gradients[place] = slope as f32;
            tally.loss += loss;
        });
        tally
    }

    fn validation(&self, rows: &[u32], logits: &[f32]) -> f64 {
        let mut total = 0.0;
        for_each_logistic(logits, 1, |place, chances| {
            total += self.loss(rows[place], chances[0]).0;
        });
        total
    }
}
