//! Distinct rows within a memory limit. What a plan takes from them depends on the rows alone, not on the
//! order in which they came or on the workers that read them.
//!
//! Past the limit equal rows are merged into one with a count, and the rows with the smallest keys stay; a
//! key is a hash of the row's content. This is an even sample of the distinct rows. Rows that came so often
//! that a sample without them, or with all of their copies, would be far from all rows are *heavy*: they
//! always stay, a sketch counts them, and the sample has the share of them that it has of the others.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use two_stage::poll::Poll;

use super::{rows::Rows, sketch::Sketch};

/// Memory for sorting a row: a key and an index.
const BYTES_TO_SORT: usize = size_of::<(u64, u32)>();

/// The smallest buffer, in rows.
const MIN_ROWS: usize = 64;

/// Rows, merged and sampled where the limit requires it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Buffer {
    rows: Rows,
    memory_limit: usize,
    /// The first key that had to go; no row at or after it stays, but for heavy ones.
    dropped_from: Option<u64>,
    /// The counts of all rows, once a row had to go.
    sketch: Option<Sketch>,
    /// The first rows, which the sketch has counted.
    counted: usize,
    #[serde(skip)]
    poll: Poll,
}

/// An even sample of rows.
pub struct Sample {
    pub rows: Rows,
    /// The share of all rows that are in the sample.
    pub share: f64,
}

impl Buffer {
    /// No rows yet. `memory_limit` is in bytes.
    pub fn new(memory_limit: usize, poll: Poll) -> Self {
        let rows = Rows::default();
        Self { rows, memory_limit, dropped_from: None, sketch: None, counted: 0, poll }
    }

    /// Polls by another function from now on.
    pub fn set_poll(&mut self, poll: Poll) {
        self.poll = poll;
    }

    /// Returns the number of campaigns; 0 if no row has come.
    pub fn campaigns(&self) -> usize {
        self.rows.campaigns()
    }

    /// Takes rows of so many campaigns from now on.
    pub fn set_campaigns(&mut self, campaigns: usize) {
        self.rows = Rows::new(campaigns);
    }

    /// Returns the rows, of which [`Self::sample`] makes the sample if some had to go.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// Adds a row.
    pub fn push(&mut self, numbers: &[f64], group: Option<usize>) {
        self.make_room();
        self.rows.push(numbers, group, 1);
    }

    /// Adds rows that were gathered elsewhere, with as many campaigns.
    pub fn merge(&mut self, mut other: Self) {
        if self.dropped_from.is_some() || other.dropped_from.is_some() {
            other.poll = self.poll;
            other.count_new();
            self.count_new();
            if let (Some(sketch), Some(other)) = (&mut self.sketch, other.sketch.take()) {
                sketch.merge(other);
            }
        }
        self.memory_limit = self.memory_limit.min(other.memory_limit);
        self.dropped_from = self.dropped_from.into_iter().chain(other.dropped_from).min();
        self.rows.append(&other.rows);
        if self.sketch.is_some() {
            self.counted = self.rows.len();
        }
        drop(other);
        if self.rows.len() > self.most() {
            self.order();
        }
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.rows.bytes() + self.sketch.as_ref().map_or(0, Sketch::bytes)
    }

    /// Tells if a state that came as bytes can be used.
    pub fn is_sound(&self, groups: usize) -> bool {
        self.rows.is_sound(groups)
            && self.sketch.is_some() == self.dropped_from.is_some()
            && self.sketch.as_ref().is_none_or(Sketch::is_sound)
            && self.counted <= self.rows.len()
    }

    /// Rows that the memory limit allows in the buffer, beside the copy and the values that a plan sorts.
    /// A sixteenth of the limit is left for the process itself.
    fn most(&self) -> usize {
        let campaigns = self.rows.campaigns();
        let sorted = BYTES_TO_SORT * (campaigns + 1);
        let limit = (self.memory_limit - self.memory_limit / 16)
            .saturating_sub(Sketch::bytes_within(self.memory_limit));
        (limit / (2 * Rows::row_bytes(campaigns) + sorted)).max(MIN_ROWS)
    }

    /// Distinct rows that a sample keeps.
    fn sample_size(&self) -> usize {
        self.most() - self.most() / 4
    }

    /// Makes room for a row.
    fn make_room(&mut self) {
        if self.rows.len() < self.rows.capacity() {
            return;
        }
        let most = self.most();
        if self.rows.len() >= most {
            self.order();
        } else {
            // Twice as large, as Vec would grow, but never past the limit.
            self.rows.reserve(self.rows.len().max(MIN_ROWS).min(most - self.rows.len()));
        }
    }

    /// Puts the rows into an order that depends on their content alone, equal ones merged, and keeps the
    /// smallest keys and the rows that may be heavy.
    pub fn order(&mut self) {
        let keys = self.sorted_keys();
        self.dropped_from = self.cut(&keys);
        if self.dropped_from.is_some() {
            self.count_new();
        }
        self.rows = self.kept(&keys);
        self.counted = if self.sketch.is_some() { self.rows.len() } else { 0 };
    }

    /// Returns the first key that must go.
    fn cut(&self, keys: &[(u64, u32)]) -> Option<u64> {
        let mut distinct = 0;
        let mut last: Option<(u64, u32)> = None;
        for &key in self.each(keys.iter()) {
            if self.dropped_from.is_some_and(|from| key.0 >= from) {
                break;
            }
            if last.is_some_and(|last| self.compare(last, key) == Ordering::Equal) {
                continue;
            }
            if distinct >= self.sample_size() && last.is_none_or(|last| last.0 != key.0) {
                return Some(key.0);
            }
            distinct += 1;
            last = Some(key);
        }
        self.dropped_from
    }

    fn kept(&self, keys: &[(u64, u32)]) -> Rows {
        let mut kept = Rows::new(self.rows.campaigns());
        kept.reserve(keys.len());
        let mut last: Option<(u64, u32)> = None;
        // Heavy rows are few, but for data made to collide in the sketch.
        let mut room_for_heavy = self.most() / 8;
        for &key in self.each(keys.iter()) {
            let row = key.1 as usize;
            if last.is_some_and(|last| self.compare(last, key) == Ordering::Equal) {
                kept.add_to_last(self.rows.count(row));
                continue;
            }
            if self.is_dropped(key.0) {
                if room_for_heavy == 0 || !self.may_be_heavy(key.0) {
                    continue;
                }
                room_for_heavy -= 1;
            }
            kept.push(self.rows.numbers(row), self.rows.group(row), self.rows.count(row));
            last = Some(key);
        }
        kept
    }

    fn is_dropped(&self, key: u64) -> bool {
        self.dropped_from.is_some_and(|from| key >= from)
    }

    fn may_be_heavy(&self, key: u64) -> bool {
        self.sketch.as_ref().is_some_and(|sketch| sketch.may_be_heavy(key))
    }

    /// Counts the rows that came since the last time.
    fn count_new(&mut self) {
        let most = self.most();
        let mut sketch = self.sketch.take().unwrap_or_else(|| Sketch::new(self.memory_limit, most));
        let mut bytes = Vec::new();
        for row in self.each(self.counted..self.rows.len()) {
            sketch.add(self.key(row, &mut bytes), self.rows.count(row));
        }
        self.counted = self.rows.len();
        self.sketch = Some(sketch);
    }

    /// Returns the even sample of `all` rows that were added; `None` if it has all of them.
    pub fn sample(&self, all: u64) -> Option<Sample> {
        let sketch = self.sketch.as_ref()?;
        let mut bytes = Vec::new();
        let (mut light, mut heavy) = (0_u64, Vec::new());
        for row in self.each(0..self.rows.len()) {
            let key = self.key(row, &mut bytes);
            let count = u64::from(self.rows.count(row));
            match sketch.heavy(key) {
                Some(about) if self.is_dropped(key) => heavy.push((row, about)),
                Some(_) => heavy.push((row, count)),
                None if self.is_dropped(key) => heavy.push((row, 0)),
                None => light += count,
            }
        }
        let of_heavy: u64 = heavy.iter().map(|(_, count)| count).sum();
        let share = light.max(1) as f64 / all.saturating_sub(of_heavy).max(light).max(1) as f64;
        Some(Sample { rows: self.thinned(&heavy, share), share })
    }

    /// Returns the rows, those at some places with a share of a count instead of their own.
    fn thinned(&self, counts: &[(usize, u64)], share: f64) -> Rows {
        let mut rows = Rows::new(self.rows.campaigns());
        rows.reserve(self.rows.len());
        let mut counts = counts.iter().peekable();
        for row in self.each(0..self.rows.len()) {
            let count = match counts.next_if(|(place, _)| *place == row) {
                Some((_, count)) => (*count as f64 * share).round() as u32,
                None => self.rows.count(row),
            };
            if count > 0 {
                rows.push(self.rows.numbers(row), self.rows.group(row), count);
            }
        }
        rows
    }

    /// Polls between rows.
    fn each<T>(&self, rows: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
        self.poll.each_of(self.rows.campaigns(), rows)
    }

    fn sorted_keys(&self) -> Vec<(u64, u32)> {
        let mut bytes = Vec::new();
        let rows = self.each(0..self.rows.len());
        let mut keys: Vec<_> = rows.map(|row| (self.key(row, &mut bytes), row as u32)).collect();
        self.poll.sort(&mut keys, &|&a, &b| self.compare(a, b));
        keys
    }

    fn key(&self, row: usize, bytes: &mut Vec<u8>) -> u64 {
        bytes.clear();
        bytes.extend(self.rows.numbers(row).iter().flat_map(|number| number.to_le_bytes()));
        bytes.extend(self.rows.group(row).unwrap_or(usize::MAX).to_le_bytes());
        xxh3_64(bytes)
    }

    fn compare(&self, a: (u64, u32), b: (u64, u32)) -> Ordering {
        let content = |row: u32| {
            let numbers = self.rows.numbers(row as usize).iter();
            (self.rows.group(row as usize), numbers.map(|number| number.to_bits()))
        };
        a.0.cmp(&b.0).then_with(|| {
            let (a, b) = (content(a.1), content(b.1));
            a.0.cmp(&b.0).then_with(|| a.1.cmp(b.1))
        })
    }
}
