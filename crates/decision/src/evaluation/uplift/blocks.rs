//! The blocks of customers with equal scores: counts while customers are alike but for exposure and
//! engagement, sums otherwise.

use serde::{Deserialize, Serialize};

use super::{
    alike::Alike,
    sums::{Row, Sums},
};
use crate::evaluation::{
    score_bins::{self, ScoreBins},
    score_counts::ScoreCounts,
};

/// The customers with equal scores, or with scores that are not told apart.
#[derive(Debug, Clone, Copy)]
pub struct Block {
    /// The score, or the middle of the scores that are not told apart.
    pub score: f64,
    /// The sums of the customers.
    pub sums: Sums,
}

impl From<score_bins::Block<'_, Sums>> for Block {
    fn from(block: score_bins::Block<'_, Sums>) -> Self {
        Self { score: block.score, sums: *block.sums }
    }
}

/// Blocks of customers by their scores.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Blocks {
    /// The numbers that customers have in common; `None` once they are summed.
    alike: Option<Alike>,
    /// The customers while they are alike, then none.
    counts: ScoreCounts,
    /// No customers while they are alike, then all.
    sums: ScoreBins<Sums>,
}

impl Default for Blocks {
    fn default() -> Self {
        Self {
            alike: Some(Alike::default()),
            counts: ScoreCounts::default(),
            sums: ScoreBins::default(),
        }
    }
}

impl Blocks {
    /// Adds a customer. The score is not NaN.
    #[inline]
    pub fn add(&mut self, score: f64, row: Row) {
        if let Some(alike) = &mut self.alike {
            if self.counts.has_room(1)
                && let Some(kind) = alike.kind(&row)
            {
                return self.counts.add(score, kind);
            }
            self.sum_up();
        }
        self.sums.add(score, row);
    }

    /// Adds the customers of other blocks.
    pub fn merge(&mut self, mut other: Self) {
        if let (Some(alike), Some(more)) = (&mut self.alike, &other.alike)
            && self.counts.has_room(other.counts.rows())
            && alike.merge(more)
        {
            return self.counts.merge(other.counts);
        }
        self.sum_up();
        other.sum_up();
        self.sums.merge(other.sums);
    }

    /// Returns the number of bits of each key that are dropped; 0 if scores are told apart.
    pub fn level(&mut self) -> u32 {
        if self.alike.is_some() { self.counts.level() } else { self.sums.level() }
    }

    /// Returns the blocks, the highest score first.
    pub fn blocks(&mut self) -> impl Iterator<Item = Block> + Clone {
        let alike = self.alike.unwrap_or_default();
        let counted = self.counts.blocks();
        let counted = counted.map(move |(score, counts)| Block { score, sums: alike.sums(counts) });
        counted.chain(self.sums.blocks().map(Block::from))
    }

    /// Returns the memory that the blocks hold.
    pub fn bytes(&self) -> usize {
        self.counts.bytes() + self.sums.bytes()
    }

    /// Tells if the blocks can be some that were written.
    pub fn is_sound(&self) -> bool {
        let is_one = match &self.alike {
            Some(alike) => alike.is_sound() && self.sums.is_empty(),
            None => self.counts.rows() == 0,
        };
        is_one && self.counts.is_sound() && self.sums.is_sound()
    }

    /// Sums up the counts, unless this was done.
    fn sum_up(&mut self) {
        let Some(alike) = self.alike.take() else { return };
        let mut counts = std::mem::take(&mut self.counts);
        let level = counts.level();
        let blocks = counts.keys().map(|(key, counts)| (key, alike.sums(counts)));
        self.sums = ScoreBins::of_blocks(level, blocks);
    }
}
