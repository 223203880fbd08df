//! The plan of a fit: its rows, its stream of random numbers, its network.

use super::random::Stream;
use crate::{
    network::Shape,
    training::{observer::Step, rows::TrainingRows},
    word::RowIndex,
};

/// More held-out rows do not tell one epoch from the next any better.
const MAX_HELD_OUT: usize = 50_000;

/// The rows of a fit, and how it goes about them.
pub(in crate::training) struct Plan {
    /// The step that progress messages name.
    pub step: Step,
    pub training: Vec<RowIndex>,
    /// The rows that validate; if there are none, the training rows do.
    pub validation: Vec<RowIndex>,
    /// The first epoch that is validated and can be kept.
    pub first_validation: usize,
    pub stream: Stream,
    pub hidden_layers: Vec<usize>,
    /// The share of option `weight_decay` that holds here.
    pub decay_share: f64,
    /// Epochs at most.
    pub epochs: usize,
}

impl Plan {
    /// A plan with the network of the options, validated from the first epoch.
    pub fn new(
        rows: &TrainingRows,
        step: Step,
        stream: Stream,
        (training, validation): (Vec<RowIndex>, Vec<RowIndex>),
    ) -> Self {
        Self {
            step,
            training,
            validation,
            first_validation: 0,
            stream,
            hidden_layers: rows.options.hidden_layers(),
            decay_share: 1.0,
            epochs: rows.options.epochs(),
        }
    }

    pub fn shape(&self, rows: &TrainingRows, outputs: usize) -> Shape {
        Shape { inputs: rows.encoder.inputs(), hidden: self.hidden_layers.clone(), outputs }
    }

    /// The rows that validate.
    pub fn held_out(&self) -> Vec<RowIndex> {
        let rows = match self.validation.as_slice() {
            [] => &self.training,
            rows => rows,
        };
        evenly(rows, MAX_HELD_OUT)
    }
}

/// All rows of a list, or so many of them from everywhere in it, since copies of a row stand together.
pub(in crate::training) fn evenly(rows: &[RowIndex], most: usize) -> Vec<RowIndex> {
    let count = rows.len().min(most);
    (0..count).map(|i| rows[i * rows.len() / count]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_of_many_rows_come_from_everywhere() {
        let list = |rows: &[usize]| rows.iter().copied().map(RowIndex::new).collect::<Vec<_>>();
        let rows: Vec<RowIndex> = (0..1000).map(|i| RowIndex::new(i / 100)).collect();
        assert_eq!(evenly(&rows, 1000), rows);
        assert_eq!(evenly(&rows, 5000), rows);
        assert_eq!(evenly(&rows, 10), list(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
        assert_eq!(evenly(&rows, 3), list(&[0, 3, 6]));
        assert!(evenly(&[], 3).is_empty());
    }
}
