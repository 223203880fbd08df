//! A bounded map from scores to the sums of the rows that have them.
//!
//! A score's key is its bits, so arranged that keys and scores have the same order. Up to `MAX`
//! different keys the map is exact. Past it the lowest bit of every key is dropped, and equal keys
//! merge, again until it fits. The number of dropped bits, the level, depends on the set of scores
//! alone, and so the keys do not depend on the order of rows or merges.
//!
//! Rows wait in a buffer, which is sorted and added as a whole: this costs a row less than a search
//! does, and keeps the rounding errors of long sums small.

mod block;
mod fit;
mod key;

use serde::{Deserialize, Serialize};

pub use block::{Block, BlockSums};
pub(super) use fit::level_that_fits;
pub(super) use key::{decode, encode};

/// The most different scores of which a map is exact.
pub const MAX_BLOCKS: usize = 1 << 18;
/// The number of rows that wait: a part of the blocks, within these bounds.
const WAITING: std::ops::RangeInclusive<usize> = 1 << 13..=30_000;
/// Rows of equal scores that are summed up before their sum is added to that of earlier ones. Fewer rows
/// are added one by one, which is faster where most scores differ.
const CHUNKS: std::ops::Range<usize> = 8..256;

/// Blocks of rows by their scores.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct ScoreBins<S: BlockSums, const MAX: usize = MAX_BLOCKS> {
    level: u32,
    /// The keys without the dropped bits, ascending.
    keys: Vec<u64>,
    /// The place in `sums` of each key.
    places: Vec<u32>,
    sums: Vec<S>,
    /// The rows that are not yet in a block, with their whole keys.
    waiting: Vec<(u64, S::Row)>,
}

impl<S: BlockSums, const MAX: usize> Default for ScoreBins<S, MAX> {
    fn default() -> Self {
        Self {
            level: 0,
            keys: Vec::new(),
            places: Vec::new(),
            sums: Vec::new(),
            waiting: Vec::new(),
        }
    }
}

impl<S: BlockSums, const MAX: usize> ScoreBins<S, MAX> {
    /// Makes a map of blocks, whose keys lack `level` bits and ascend.
    pub fn of_blocks(level: u32, blocks: impl ExactSizeIterator<Item = (u64, S)>) -> Self {
        let places = (0..blocks.len() as u32).collect();
        let (keys, sums) = blocks.unzip();
        Self { level, keys, places, sums, waiting: Vec::new() }
    }

    /// Adds a row. The score is not NaN.
    pub fn add(&mut self, score: f64, row: S::Row) {
        reserve(&mut self.waiting, 1, *WAITING.end());
        self.waiting.push((encode(score), row));
        if self.waiting.len() >= (self.keys.len() / 4).clamp(*WAITING.start(), *WAITING.end()) {
            self.settle();
        }
    }

    /// Adds the rows of another map.
    pub fn merge(&mut self, mut other: Self) {
        if other.keys.len() > self.keys.len() {
            std::mem::swap(self, &mut other);
        }
        other.settle();
        self.settle();
        self.coarsen(other.level);
        other.coarsen(self.level);
        let level = level_that_fits::<MAX>(&self.keys, other.keys.iter().copied());
        self.coarsen(self.level + level);
        other.coarsen(self.level);
        let Self { keys, places, mut sums, .. } = other;
        let take = |(key, place): (u64, u32)| (key, std::mem::take(&mut sums[place as usize]));
        self.absorb(keys.into_iter().zip(places).map(take), |sums, more| sums.add(&more));
    }

    /// Tells if there are no rows.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.waiting.is_empty()
    }

    /// Returns the number of bits of each key that are dropped; 0 if the map is exact.
    pub fn level(&mut self) -> u32 {
        self.settle();
        self.level
    }

    /// Returns the number of bits of each key that must be dropped so that at most `FEWER` are left.
    pub fn level_for<const FEWER: usize>(&mut self) -> u32 {
        self.settle();
        self.level + level_that_fits::<FEWER>(&self.keys, std::iter::empty())
    }

    /// Returns the whole key of a score that is not NaN.
    pub fn key(score: f64) -> u64 {
        encode(score)
    }

    /// Returns the blocks, the highest score first.
    pub fn blocks(&mut self) -> impl ExactSizeIterator<Item = Block<'_, S>> + Clone {
        self.settle();
        let Self { level, keys, places, sums, .. } = &*self;
        keys.iter()
            .zip(places)
            .rev()
            .map(|(&key, &place)| Block { score: decode(key, *level), sums: &sums[place as usize] })
    }

    /// Returns the memory that the map holds.
    pub fn bytes(&self) -> usize {
        self.keys.capacity() * size_of::<u64>()
            + self.places.capacity() * size_of::<u32>()
            + self.sums.capacity() * size_of::<S>()
            + self.waiting.capacity() * size_of::<(u64, S::Row)>()
    }

    /// Tells if the map can be one that was written.
    pub fn is_sound(&self) -> bool {
        let Self { level, keys, places, sums, waiting } = self;
        let mut seen = vec![false; keys.len()];
        let mut is_new = |&place: &u32| {
            seen.get_mut(place as usize).is_some_and(|seen| !std::mem::replace(seen, true))
        };
        let sum_of = |row: &S::Row| {
            let mut sums = S::default();
            sums.add_row(row);
            sums
        };
        *level < u64::BITS
            && keys.len() <= MAX
            && keys.len() == places.len()
            && keys.len() == sums.len()
            && keys.is_sorted_by(|a, b| a < b)
            && keys.last().is_none_or(|&key| key <= u64::MAX >> level)
            && places.iter().all(&mut is_new)
            && sums.iter().all(S::is_sound)
            && waiting.len() <= *WAITING.end()
            && waiting.iter().all(|(_, row)| sum_of(row).is_sound())
    }

    /// Adds the waiting rows to their blocks.
    fn settle(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.sort_unstable_by_key(|&(key, _)| key);
        let level = self.level;
        let fits = self.keys.len() + waiting.len() <= MAX;
        let keys = waiting.iter().map(|&(key, _)| key >> level);
        let level = if fits { level } else { level + level_that_fits::<MAX>(&self.keys, keys) };
        self.coarsen(level);
        let runs = waiting.chunk_by(|(a, _), (b, _)| a >> level == b >> level);
        self.absorb(runs.map(|run| (run[0].0 >> level, run)), add_run);
        waiting.clear();
        self.waiting = waiting;
    }

    /// Adds blocks of ascending keys, of this map's level and so few that it stays within `MAX`.
    fn absorb<B>(&mut self, blocks: impl Iterator<Item = (u64, B)>, add: impl Fn(&mut S, B)) {
        let (mut new, mut next) = (Vec::new(), 0);
        for (key, block) in blocks {
            while self.keys.get(next).is_some_and(|&known| known < key) {
                next += 1;
            }
            if self.keys.get(next) == Some(&key) {
                add(&mut self.sums[self.places[next] as usize], block);
            } else {
                new.push((key, self.sums.len() as u32));
                reserve(&mut self.sums, 1, MAX);
                self.sums.push(S::default());
                add(&mut self.sums[new[new.len() - 1].1 as usize], block);
            }
        }
        self.insert(&new);
    }

    /// Inserts new keys, which are ascending, with their places.
    fn insert(&mut self, new: &[(u64, u32)]) {
        let mut old = self.keys.len();
        reserve(&mut self.keys, new.len(), MAX);
        reserve(&mut self.places, new.len(), MAX);
        self.keys.resize(old + new.len(), 0);
        self.places.resize(old + new.len(), 0);
        // From the end, so that each key moves once, to a place that is free.
        for (before, &(key, place)) in new.iter().enumerate().rev() {
            while old > 0 && self.keys[old - 1] > key {
                old -= 1;
                self.keys[old + before + 1] = self.keys[old];
                self.places[old + before + 1] = self.places[old];
            }
            self.keys[old + before] = key;
            self.places[old + before] = place;
        }
    }

    /// Drops bits until the level is reached, unless it was, and merges the keys that become equal.
    fn coarsen(&mut self, level: u32) {
        let dropped = level.saturating_sub(self.level);
        if dropped == 0 {
            return;
        }
        self.level = level;
        let mut is_kept = vec![false; self.sums.len()];
        let mut length = 0;
        for read in 0..self.keys.len() {
            let (key, place) = (self.keys[read] >> dropped, self.places[read]);
            if length > 0 && self.keys[length - 1] == key {
                let sums = std::mem::take(&mut self.sums[place as usize]);
                self.sums[self.places[length - 1] as usize].add(&sums);
            } else {
                is_kept[place as usize] = true;
                (self.keys[length], self.places[length]) = (key, place);
                length += 1;
            }
        }
        self.keys.truncate(length);
        self.places.truncate(length);
        self.close_gaps(&is_kept);
    }

    /// Removes the sums that no key has any more.
    fn close_gaps(&mut self, is_kept: &[bool]) {
        let mut kept = is_kept.iter();
        self.sums.retain(|_| kept.next() == Some(&true));
        let mut moved = Vec::with_capacity(is_kept.len());
        let mut next = 0;
        for &is_kept in is_kept {
            moved.push(next);
            next += u32::from(is_kept);
        }
        self.places.iter_mut().for_each(|place| *place = moved[*place as usize]);
        self.arrange();
    }

    /// Brings the sums into the order of their keys, since memory is read faster in one direction.
    fn arrange(&mut self) {
        for start in 0..self.places.len() {
            let mut place = start;
            loop {
                let from = std::mem::replace(&mut self.places[place], place as u32) as usize;
                if from == start {
                    break;
                }
                self.sums.swap(place, from);
                place = from;
            }
        }
    }
}

/// Adds rows with equal keys: many of them by chunks, so that their rounding errors do not add up.
fn add_run<S: BlockSums>(sums: &mut S, run: &[(u64, S::Row)]) {
    if run.len() < CHUNKS.start {
        run.iter().for_each(|(_, row)| sums.add_row(row));
        return;
    }
    for chunk in run.chunks(CHUNKS.end) {
        let mut part = S::default();
        chunk.iter().for_each(|(_, row)| part.add_row(row));
        sums.add(&part);
    }
}

/// Makes room for more elements, by doubling, but not for more than `max` if these suffice.
pub(super) fn reserve<T>(elements: &mut Vec<T>, more: usize, max: usize) {
    let needed = elements.len() + more;
    if needed > elements.capacity() {
        let wanted = needed.max((2 * elements.len()).min(max));
        elements.reserve_exact(wanted - elements.len());
    }
}

#[cfg(test)]
mod tests;
