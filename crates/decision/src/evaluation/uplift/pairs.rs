//! Sums of customers by the pair of two scores: exact for few pairs, and beyond that by the leading bits
//! of both.
//!
//! Few bins are enough then: influences on areas change little between neighbouring scores. Levels follow
//! from the sets of scores alone, and so the cells do not depend on the order of rows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::sums::{Row, Sums};
use crate::evaluation::score_bins::BlockSums;

/// The most pairs that are told apart.
const MAX_PAIRS: usize = 1 << 15;
/// The most bins of each score where there are more pairs; the pairs of bins stay within the maximum.
pub const MAX_BINS: usize = 1 << 7;

/// Sums by pairs of keys.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Pairs {
    /// The bits that both keys lack; `None` while pairs are exact.
    levels: Option<[u32; 2]>,
    cells: BTreeMap<[u64; 2], Sums>,
}

impl Pairs {
    /// Adds a row with whole keys.
    pub fn add(&mut self, keys: [u64; 2], row: &Row) {
        self.cells.entry(shifted(keys, self.levels)).or_default().add_row(row);
    }

    /// Tells if there are so many pairs that they must be coarsened.
    pub fn is_full(&self) -> bool {
        self.cells.len() > MAX_PAIRS
    }

    /// The bits that both keys lack; `None` while pairs are exact.
    pub fn levels(&self) -> Option<[u32; 2]> {
        self.levels
    }

    /// Drops bits until both keys lack so many.
    pub fn coarsen(&mut self, levels: [u32; 2]) {
        let old = self.levels.unwrap_or_default();
        let more = [0, 1].map(|axis| levels[axis].saturating_sub(old[axis]));
        self.levels = Some([0, 1].map(|axis| old[axis] + more[axis]));
        if more == [0; 2] {
            return;
        }
        for (keys, sums) in std::mem::take(&mut self.cells) {
            self.cells.entry(shifted(keys, Some(more))).or_default().add(&sums);
        }
    }

    /// Adds the rows of other pairs.
    pub fn merge(&mut self, mut other: Self) {
        if let Some(levels) = other.levels {
            self.coarsen(levels);
        }
        if let Some(levels) = self.levels {
            other.coarsen(levels);
        }
        for (keys, sums) in other.cells {
            self.cells.entry(keys).or_default().add(&sums);
        }
    }

    /// Returns the sums of each pair of keys.
    pub fn cells(&self) -> impl Iterator<Item = ([u64; 2], &Sums)> {
        self.cells.iter().map(|(&keys, sums)| (keys, sums))
    }

    /// Returns about the memory that the pairs hold: nodes of the tree are at least half full.
    pub fn bytes(&self) -> usize {
        2 * self.cells.len() * size_of::<([u64; 2], Sums)>()
    }

    /// Tells if the pairs can be some that were written.
    pub fn is_sound(&self) -> bool {
        let levels = self.levels.unwrap_or_default();
        levels.iter().all(|&level| level < u64::BITS)
            && self.cells.len() <= MAX_PAIRS
            && self
                .cells
                .keys()
                .all(|keys| (0..2).all(|axis| keys[axis] <= u64::MAX >> levels[axis]))
            && self.cells.values().all(Sums::is_sound)
    }
}

fn shifted(keys: [u64; 2], levels: Option<[u32; 2]>) -> [u64; 2] {
    let levels = levels.unwrap_or_default();
    [keys[0] >> levels[0], keys[1] >> levels[1]]
}
