//! The label frequency of every training row, before or instead of the network's second output.

use crate::{
    model::LabelFrequency,
    training::rows::{PerRow, TrainingRows},
};

/// c of every row, and how the model keeps it.
pub(in crate::training) struct RowFrequency {
    pub model: LabelFrequency,
    pub of_row: PerRow<f32>,
    /// The value that the network's second output starts at, where it has one.
    pub head: Option<f64>,
}

impl RowFrequency {
    /// One c for all rows, and no second output.
    pub fn pooled(rows: &TrainingRows, c: f64) -> Self {
        Self { model: LabelFrequency::Pooled(c), of_row: rows.fill(c as f32), head: None }
    }

    /// The label frequency as the model keeps it, where the rows' mean is known.
    pub fn in_model(&self, mean: f64) -> LabelFrequency {
        if self.head.is_some() { LabelFrequency::Learned { mean } } else { self.model.clone() }
    }
}
