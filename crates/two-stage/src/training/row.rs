//! A row that a training uses.

use crate::{
    segment::Segment,
    word::{RowIndex, Word},
};

/// A used row.
#[derive(Clone, Copy)]
pub(super) struct TrainingRow<'a> {
    pub index: RowIndex,
    pub features: &'a [Word],
    /// The observed segment; campaign-driven counts as organic where the row is unexposed.
    pub segment: Segment,
    pub exposed: bool,
    /// The weight of one copy, scaled to mean 1.
    pub weight: f64,
    /// e, P(exposed); 1 in simple mode.
    pub propensity: f64,
    /// The number of copies.
    pub count: u32,
}

impl TrainingRow<'_> {
    pub fn engaged(&self) -> bool {
        self.segment.engaged()
    }

    /// s: tells if the row carries the campaign label.
    pub fn is_labelled(&self) -> bool {
        self.segment == Segment::CampaignDriven
    }
}
