//! The labels that stage 2 leaves for stage 1.

use crate::{
    model::CorrectionNetwork,
    segment::Segment,
    training::rows::{PerRow, TrainingRows},
};

/// The labels of stage 2.
pub(in crate::training) struct Corrected {
    /// t of every row: P(campaign-driven), given that the customer is engaged.
    pub labels: PerRow<f32>,
    /// c of every row, where labels count as missing.
    pub frequency: Option<PerRow<f32>>,
    pub network: Option<CorrectionNetwork>,
    /// Set where an unexposed, not engaged row may be campaign-driven if exposed.
    pub candidates: bool,
}

impl Corrected {
    /// The labels as they were observed.
    pub fn observed(rows: &TrainingRows) -> Self {
        let mut labels = rows.fill(0.0);
        for row in rows.each() {
            labels[row.index] = f32::from(u8::from(row.is_labelled()));
        }
        Self::fixed(labels)
    }

    /// One t for every row.
    pub fn constant(rows: &TrainingRows, t: f64) -> Self {
        Self::fixed(rows.fill(t as f32))
    }

    /// Labels that no network corrects any further.
    pub fn fixed(labels: PerRow<f32>) -> Self {
        Self { labels, frequency: None, network: None, candidates: false }
    }
}

/// Rows recorded organic that count as campaign-driven (t > 0.5), and the sum of t over all rows
/// recorded organic.
pub(in crate::training) fn corrections(rows: &TrainingRows, labels: &PerRow<f32>) -> (u64, f64) {
    let organic = rows.copies().filter(|row| row.segment == Segment::Organic);
    organic.fold((0, 0.0), |(count, total), row| {
        let t = f64::from(labels[row.index]);
        (count + u64::from(t > 0.5), total + t)
    })
}
