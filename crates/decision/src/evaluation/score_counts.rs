//! A bounded map from scores to the numbers of rows of four kinds, with the levels and keys of
//! [`ScoreBins`](super::score_bins::ScoreBins).
//!
//! A block takes 24 bytes, and a hash table finds it: a row costs much less than where sums are kept.

mod places;

use serde::{Deserialize, Serialize};

use super::score_bins::{MAX_BLOCKS, decode, encode, level_that_fits, reserve};
use places::Places;

/// The number of kinds of rows.
pub const KINDS: usize = 4;
/// The numbers of rows of each kind.
pub type Counts = [u32; KINDS];
/// The rows that are added at once, so that the processor waits for the memory of many at a time.
const BATCH: usize = 1 << 8;

/// The rows of one key.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Block {
    /// The key without the dropped bits.
    key: u64,
    counts: Counts,
}

/// Counts of rows by their scores.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ScoreCounts<const MAX: usize = MAX_BLOCKS> {
    level: u32,
    rows: u32,
    blocks: Vec<Block>,
    #[serde(skip)]
    places: Places,
    /// The rows that are not yet in a block, with their whole keys and kinds.
    waiting: Vec<(u64, u8)>,
}

impl<const MAX: usize> ScoreCounts<MAX> {
    /// Adds a row of a kind below `KINDS`. The score is not NaN.
    #[inline]
    pub fn add(&mut self, score: f64, kind: u8) {
        self.rows += 1;
        reserve(&mut self.waiting, 1, BATCH);
        self.waiting.push((encode(score), kind));
        if self.waiting.len() == BATCH {
            self.settle();
        }
    }

    /// Tells if so many more rows can be counted.
    pub fn has_room(&self, rows: u32) -> bool {
        self.rows.checked_add(rows).is_some()
    }

    /// The number of rows.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// Adds the rows of another map, for which there is room.
    pub fn merge(&mut self, mut other: Self) {
        if other.blocks.len() > self.blocks.len() {
            std::mem::swap(self, &mut other);
        }
        other.settle();
        self.settle();
        self.coarsen(other.level);
        let add = |counts: &mut Counts, block: &Block| {
            counts.iter_mut().zip(block.counts).for_each(|(count, more)| *count += more);
        };
        for batch in other.blocks.chunks(BATCH) {
            let lacking = self.level - other.level;
            self.absorb(batch, |block| block.key >> lacking, add);
        }
        self.rows += other.rows;
    }

    /// Returns the number of bits of each key that are dropped; 0 if the map is exact.
    pub fn level(&mut self) -> u32 {
        self.settle();
        self.level
    }

    /// Returns the scores and counts of the blocks, the highest score first.
    pub fn blocks(&mut self) -> impl ExactSizeIterator<Item = (f64, Counts)> + Clone {
        self.arrange();
        let level = self.level;
        self.blocks.iter().rev().map(move |block| (decode(block.key, level), block.counts))
    }

    /// Returns the keys, ascending and without the dropped bits, and their counts.
    pub fn keys(&mut self) -> impl ExactSizeIterator<Item = (u64, Counts)> {
        self.arrange();
        self.blocks.iter().map(|block| (block.key, block.counts))
    }

    /// Returns the memory that the map holds.
    pub fn bytes(&self) -> usize {
        self.blocks.capacity() * size_of::<Block>()
            + self.waiting.capacity() * size_of::<(u64, u8)>()
            + self.places.bytes()
    }

    /// Tells if the map can be one that was written.
    pub fn is_sound(&self) -> bool {
        let Self { level, rows, blocks, waiting, .. } = self;
        let mut keys: Vec<u64> = blocks.iter().map(|block| block.key).collect();
        keys.sort_unstable();
        let counts = || blocks.iter().map(|block| block.counts.map(u64::from));
        let counted = counts().flatten().sum::<u64>() + waiting.len() as u64;
        *level < u64::BITS
            && keys.len() <= MAX
            && keys.is_sorted_by(|a, b| a < b)
            && keys.last().is_none_or(|&key| key <= u64::MAX >> level)
            && counts().all(|of_block| of_block != [0; KINDS])
            && counted == u64::from(*rows)
            && waiting.len() < BATCH
            && waiting.iter().all(|&(_, kind)| usize::from(kind) < KINDS)
    }

    /// Adds the waiting rows to their blocks.
    fn settle(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let mut waiting = std::mem::take(&mut self.waiting);
        let level = self.level;
        let add = |counts: &mut Counts, &(_, kind): &(u64, u8)| counts[usize::from(kind)] += 1;
        self.absorb(&waiting, |&(key, _)| key >> level, add);
        waiting.clear();
        self.waiting = waiting;
    }

    /// Adds at most `BATCH` items, whose keys lack the dropped bits.
    ///
    /// It goes over them three times, so that no step waits for memory that the one before it needs.
    fn absorb<T>(&mut self, batch: &[T], key: impl Fn(&T) -> u64, add: impl Fn(&mut Counts, &T)) {
        reserve(&mut self.blocks, batch.len(), MAX + BATCH);
        self.places.make_room(batch.len(), self.blocks.iter().map(|block| block.key));
        let (mut guesses, mut hits) = ([0; BATCH], [false; BATCH]);
        for (guess, item) in guesses.iter_mut().zip(batch) {
            *guess = self.places.guess(key(item));
        }
        for ((hit, &guess), item) in hits.iter_mut().zip(&guesses).zip(batch) {
            *hit = self.blocks.get(guess as usize).is_some_and(|block| block.key == key(item));
        }
        for ((&hit, &guess), item) in hits.iter().zip(&guesses).zip(batch) {
            let place = if hit { guess as usize } else { self.place(key(item)) };
            add(&mut self.blocks[place].counts, item);
        }
        self.fit();
    }

    /// Returns the place of a key, which is a new block's if it has none.
    fn place(&mut self, key: u64) -> usize {
        let new = self.blocks.len();
        let place = self.places.find(key, new, |place| self.blocks[place].key);
        if place == new {
            self.blocks.push(Block { key, counts: [0; KINDS] });
        }
        place
    }

    /// Drops bits until few enough blocks are left.
    fn fit(&mut self) {
        if self.blocks.len() > MAX {
            self.blocks.sort_by_key(|block| block.key);
            let keys = self.blocks.iter().map(|block| block.key);
            let level = level_that_fits::<MAX>(&[], keys);
            self.coarsen(self.level + level);
        }
    }

    /// Drops bits until the level is reached, unless it was, and merges the blocks of equal keys.
    fn coarsen(&mut self, level: u32) {
        let dropped = level.saturating_sub(self.level);
        if dropped == 0 {
            return;
        }
        self.level = level;
        self.blocks.sort_by_key(|block| block.key);
        self.blocks.iter_mut().for_each(|block| block.key >>= dropped);
        self.blocks.dedup_by(|next, block| {
            let is_equal = next.key == block.key;
            if is_equal {
                block.counts.iter_mut().zip(next.counts).for_each(|(count, more)| *count += more);
            }
            is_equal
        });
        self.places.clear();
    }

    /// Adds the waiting rows, and brings the blocks into the order of their keys.
    fn arrange(&mut self) {
        self.settle();
        if !self.blocks.is_sorted_by_key(|block| block.key) {
            self.blocks.sort_by_key(|block| block.key);
            self.places.clear();
        }
    }
}

#[cfg(test)]
mod tests;
