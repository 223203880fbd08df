//! The rows of an evaluation: each is checked, and added to the block of its score.

use serde::{Deserialize, Serialize};
use two_stage::{Error, ErrorKind, Result};

use super::{probabilities::Probabilities, sums::Sums};
use crate::evaluation::{optional::weight, score_bins::ScoreBins};

/// A row as it is given.
#[derive(Debug, Clone, Copy)]
pub struct IntentRow {
    /// Set where it is so.
    pub actual: Option<bool>,
    /// The score.
    pub score: Option<f64>,
    /// The weight, 1 if it is not given.
    pub weight: Option<f64>,
}

/// The rows so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct IntentRows {
    ignored: u64,
    positives: u64,
    rows: u64,
    /// The sums over scores that are probabilities.
    pub(super) probabilities: Probabilities,
    bins: ScoreBins<Sums>,
}

impl IntentRows {
    /// Adds a row; one without a truth, a score or weight is left out and counted.
    pub fn add(&mut self, row: &IntentRow) -> Result<()> {
        let weight = weight(row.weight)?;
        let (Some(actual), Some(score), true) = (row.actual, row.score, weight > 0.0) else {
            self.ignored += 1;
            return Ok(());
        };
        if score.is_nan() {
            return Err(Error::new(ErrorKind::InvalidParameter, "a row has score NaN")
                .with_hint("Pass a number, or NULL to leave the row out."));
        }
        self.rows += 1;
        self.positives += u64::from(actual);
        self.probabilities.add(actual, score, weight);
        self.bins.add(score, if actual { weight } else { -weight });
        Ok(())
    }

    /// Adds the rows of another part.
    pub fn merge(&mut self, other: Self) {
        self.ignored += other.ignored;
        self.positives += other.positives;
        self.rows += other.rows;
        self.probabilities.merge(&other.probabilities);
        self.bins.merge(other.bins);
    }

    /// Returns the memory that the rows hold.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.bins.bytes()
    }

    /// Tells if the rows can be some that were written.
    pub fn is_sound(&self) -> bool {
        self.positives <= self.rows && self.bins.is_sound()
    }

    /// The number of rows that count.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// The number of rows that were left out.
    pub(super) fn ignored(&self) -> u64 {
        self.ignored
    }

    /// The number of rows that are so.
    pub(super) fn positives(&self) -> u64 {
        self.positives
    }

    /// The blocks of equal scores.
    pub(super) fn bins(&mut self) -> &mut ScoreBins<Sums> {
        &mut self.bins
    }
}
