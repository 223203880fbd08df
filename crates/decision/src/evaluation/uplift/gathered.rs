//! The customers of an evaluation by their scores.

use serde::{Deserialize, Serialize};
use two_stage::Result;

use super::{
    blocks::Blocks,
    tally::{Customer, Tally},
};

/// The rows of an evaluation, by their scores.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct UpliftRows {
    tally: Tally,
    blocks: Blocks,
}

impl UpliftRows {
    /// Adds a row; one without a score, exposure, outcome or weight is left out and counted.
    #[inline]
    pub fn add(&mut self, customer: &Customer) -> Result<()> {
        let row = self.tally.read(customer, &[customer.score])?;
        if let (Some(row), Some(score)) = (row, customer.score) {
            self.blocks.add(score, row);
        }
        Ok(())
    }

    /// Adds the rows of another part.
    pub fn merge(&mut self, other: Self) -> Result<()> {
        self.tally.merge(&other.tally)?;
        self.blocks.merge(other.blocks);
        Ok(())
    }

    /// Returns the memory that the rows hold.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.blocks.bytes()
    }

    /// Tells if the rows can be some that were written.
    pub fn is_sound(&self) -> bool {
        self.tally.is_sound() && self.blocks.is_sound()
    }

    /// The counts of the rows.
    pub(super) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The blocks of equal scores.
    pub(super) fn blocks(&mut self) -> &mut Blocks {
        &mut self.blocks
    }
}
