//! Counts of what a training read.

use serde::{Deserialize, Serialize};

/// Counts of the rows that were read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// All rows.
    pub read: u64,
    /// Rows whose features are NULL as a whole.
    pub null_features: u64,
    /// Rows without an observed segment.
    pub unlabelled: u64,
    /// Rows of weight 0.
    pub zero_weight: u64,
    /// Rows whose exposure is NULL, which counts as exposed.
    pub unknown_exposure: u64,
    /// Rows of customers who were not exposed.
    pub unexposed: u64,
    /// Rows left out because their propensity is too near 0 or 1.
    pub no_overlap: u64,
}

impl Counts {
    /// The rows with features.
    pub fn with_features(&self) -> u64 {
        self.read - self.null_features
    }

    pub(super) fn add(&mut self, other: Counts) {
        self.read += other.read;
        self.null_features += other.null_features;
        self.unlabelled += other.unlabelled;
        self.zero_weight += other.zero_weight;
        self.unknown_exposure += other.unknown_exposure;
        self.unexposed += other.unexposed;
        self.no_overlap += other.no_overlap;
    }
}
