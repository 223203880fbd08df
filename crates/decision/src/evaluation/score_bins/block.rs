//! The sums of a block, as the map needs them.

use serde::{Serialize, de::DeserializeOwned};

/// The sums of the rows with equal scores.
pub trait BlockSums: Default + Serialize + DeserializeOwned {
    /// A row, without its score.
    type Row: Copy + Serialize + DeserializeOwned;

    /// Adds a row.
    fn add_row(&mut self, row: &Self::Row);

    /// Adds the sums of other rows.
    fn add(&mut self, other: &Self);

    /// Tells if the sums can be those of rows; they may come from another process.
    fn is_sound(&self) -> bool;
}

/// The rows with equal scores, or with scores that the map does not tell apart.
#[derive(Debug, Clone, Copy)]
pub struct Block<'b, S> {
    /// The score, or the middle of the scores that are not told apart.
    pub score: f64,
    /// The sums of the rows.
    pub sums: &'b S,
}
