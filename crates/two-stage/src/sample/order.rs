//! The canonical order of the rows, and the even sample past the memory limit.

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::{Sample, row::MISSING_CODE};
use crate::features::Kind;

/// What sorting needs for each row beside its words: a key and an index.
const BYTES_TO_SORT: usize = size_of::<(u64, u32)>();

/// Rows between two polls.
pub(super) const POLL_ROWS: usize = 4096;

impl Sample {
    /// Rows that the memory limit allows in the buffer, beside the samples of two workers: it is the
    /// same number without workers, so that all plans train on the same rows. A sixteenth is left for
    /// the process itself.
    fn capacity(&self) -> usize {
        let row = self.stride() * size_of::<u32>();
        let sent = 2 * (row - row / 4);
        ((self.memory_limit - self.memory_limit / 16) / (row + BYTES_TO_SORT + sent)).max(64)
    }

    /// Distinct rows that a sample keeps: it follows from the columns and the limit alone, and
    /// leaves a quarter of the buffer free, so that a row's share of the sorting is constant.
    pub(super) fn sample_size(&self) -> usize {
        let capacity = self.capacity();
        capacity - capacity / 4
    }

    /// Makes room for one row: a larger buffer, or one merged and sampled where it may not grow.
    pub(super) fn make_room(&mut self) {
        let (stride, most) = (self.stride(), self.capacity() * self.stride());
        if self.words.len() + stride <= self.words.capacity() {
            return;
        }
        if self.words.len() >= most {
            let poll = self.poll;
            self.order(&mut || poll());
        } else {
            // Twice as large, as Vec would grow, but never past the limit.
            let more = self.words.len().max(64 * stride).min(most - self.words.len());
            self.words.reserve_exact(more);
        }
    }

    /// Puts the rows in an order that depends on seed and content alone, equal ones merged. What is
    /// in the buffer in the end is the same whatever the order of arrival. `poll` is called every
    /// few milliseconds; if it unwinds, the sample is lost.
    pub fn canonicalise(&mut self, poll: &mut dyn FnMut()) {
        if self.ordered || self.columns.is_none() {
            return;
        }
        let stride = self.stride();
        for (column, dictionary) in self.dictionaries.iter_mut().enumerate() {
            let codes = dictionary.sort();
            if codes.is_empty() {
                continue;
            }
            for row in self.words.chunks_exact_mut(stride) {
                if row[column] != MISSING_CODE {
                    row[column] = codes[row[column] as usize];
                }
            }
        }
        self.order(poll);
        // A training's own lists take the room that a sample left free.
        self.words.shrink_to_fit();
        self.ordered = true;
    }

    /// Sorts by key, merges equal rows, and keeps the smallest keys.
    pub(super) fn order(&mut self, poll: &mut dyn FnMut()) {
        let keep = self.sample_size();
        let stride = self.stride();
        let keys = self.sorted_keys(poll);
        let mut order: Vec<u32> = Vec::with_capacity(keys.len());
        let mut merged: Vec<u32> = Vec::new();
        for (place, (_, index)) in keys.into_iter().enumerate() {
            if place.is_multiple_of(POLL_ROWS) {
                poll();
            }
            match order.last() {
                Some(&last) if self.content(last) == self.content(index) => {
                    let count = self.row(index as usize).count();
                    let total = &mut self.words[(last as usize + 1) * stride - 1];
                    *total = total.saturating_add(count);
                    merged.push(index);
                }
                _ => order.push(index),
            }
        }
        let distinct = order.len();
        order.append(&mut merged);
        permute(&mut self.words, stride, &mut order, poll);
        self.sampled |= distinct > keep;
        self.words.truncate(distinct.min(keep) * stride);
    }

    /// Keys are hashes, so their first bits deal them evenly into buckets: each key goes to its
    /// bucket at once, and no bucket takes long to sort.
    fn sorted_keys(&self, poll: &mut dyn FnMut()) -> Vec<(u64, u32)> {
        let hashes = self.category_hashes();
        let mut bytes = Vec::with_capacity(self.stride() * size_of::<u32>());
        let rows = self.rows().len();
        let bits = (rows / POLL_ROWS).max(1).ilog2() + 1;
        let bucket = |key: u64| (key >> (u64::BITS - bits)) as usize;
        let mut key_of = |index: usize| {
            if index.is_multiple_of(POLL_ROWS) {
                poll();
            }
            self.key(index as u32, &hashes, &mut bytes)
        };
        let mut ends = vec![0_usize; 1 << bits];
        (0..rows).for_each(|index| ends[bucket(key_of(index))] += 1);
        let mut end = 0;
        for next in &mut ends {
            end += *next;
            *next = end;
        }
        let mut keys = vec![(0, 0); rows];
        let mut starts = ends.clone();
        for index in (0..rows).rev() {
            let key = key_of(index);
            let place = &mut starts[bucket(key)];
            *place -= 1;
            keys[*place] = (key, index as u32);
        }
        for (start, end) in starts.into_iter().zip(ends) {
            poll();
            keys[start..end].sort_unstable_by(|a, b| {
                a.0.cmp(&b.0).then_with(|| self.content(a.1).cmp(self.content(b.1)))
            });
        }
        keys
    }

    /// A hash of each text of each category column, so that a key does not depend on codes.
    fn category_hashes(&self) -> Vec<Option<Vec<u32>>> {
        let columns = self.columns.as_deref().unwrap_or_default();
        let hashes = |texts: &super::Dictionary| {
            texts.texts().map(|text| xxh3_64(text.as_bytes()) as u32).collect()
        };
        columns
            .iter()
            .zip(&self.dictionaries)
            .map(|(column, texts)| (column.kind == Kind::Category).then(|| hashes(texts)))
            .collect()
    }

    fn key(&self, index: u32, hashes: &[Option<Vec<u32>>], bytes: &mut Vec<u8>) -> u64 {
        bytes.clear();
        let content = self.content(index);
        for (&word, hashes) in content.iter().zip(hashes) {
            let word = match hashes {
                Some(hashes) => hashes.get(word as usize).copied().unwrap_or(MISSING_CODE),
                None => word,
            };
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        for word in &content[hashes.len()..] {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        xxh3_64_with_seed(bytes, self.options.seed)
    }

    /// A row's words but for its count.
    fn content(&self, index: u32) -> &[u32] {
        let stride = self.stride();
        let start = index as usize * stride;
        &self.words[start..start + stride - 1]
    }
}

/// Moves row `order[i]` to place i, for all i, within the buffer; `order` is used up.
fn permute(words: &mut [u32], stride: usize, order: &mut [u32], poll: &mut dyn FnMut()) {
    let mut first = vec![0; stride];
    let mut moves = 0_usize;
    for start in 0..order.len() {
        if order[start] as usize == start {
            continue;
        }
        first.copy_from_slice(&words[start * stride..(start + 1) * stride]);
        let mut place = start;
        loop {
            moves += 1;
            if moves.is_multiple_of(POLL_ROWS) {
                poll();
            }
            let source = std::mem::replace(&mut order[place], place as u32) as usize;
            if source == start {
                words[place * stride..(place + 1) * stride].copy_from_slice(&first);
                break;
            }
            words.copy_within(source * stride..(source + 1) * stride, place * stride);
            place = source;
        }
    }
}
