//! A count-min sketch: about how often each row came, in bounded memory. It only adds, so it depends on
//! the rows and not on their order.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

/// Cells that count a row; the smallest of them is nearest to the truth.
const DEPTH: usize = 6;

/// The bits of a hash that choose one cell.
const BITS: usize = 128 / DEPTH;

const MIN_WIDTH: usize = 1 << 6;
const MAX_WIDTH: usize = 1 << 14;

/// Cells of one depth for each row that counts as heavy, so that two such rows seldom share all cells.
const CELLS_FOR_EACH_HEAVY: usize = 16;

/// Counts of rows by their keys.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sketch {
    /// Cells of one depth, a power of two.
    width: usize,
    cells: Vec<u64>,
    total: u64,
    /// The most rows that count as heavy.
    heavy: u64,
}

impl Sketch {
    /// No counts yet, for a buffer of so many rows.
    pub fn new(memory_limit: usize, rows: usize) -> Self {
        let width = width(memory_limit);
        let heavy = (width / CELLS_FOR_EACH_HEAVY).min(rows / 16).max(1) as u64;
        Self { width, cells: vec![0; DEPTH * width], total: 0, heavy }
    }

    /// Bytes that a sketch takes within a memory limit.
    pub fn bytes_within(memory_limit: usize) -> usize {
        DEPTH * width(memory_limit) * size_of::<u64>()
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.cells.capacity() * size_of::<u64>()
    }

    /// Counts a row.
    pub fn add(&mut self, key: u64, count: u32) {
        let count = u64::from(count);
        self.total = self.total.saturating_add(count);
        for place in places(key, self.width) {
            self.cells[place] = self.cells[place].saturating_add(count);
        }
    }

    /// Adds the counts of another sketch. The result is as wide as the narrower one.
    pub fn merge(&mut self, mut other: Self) {
        if self.width > other.width {
            std::mem::swap(self, &mut other);
        }
        for (place, count) in other.cells.iter().enumerate() {
            let (depth, column) = (place / other.width, place % other.width);
            let cell = &mut self.cells[depth * self.width + column % self.width];
            *cell = cell.saturating_add(*count);
        }
        self.total = self.total.saturating_add(other.total);
        self.heavy = self.heavy.min(other.heavy);
    }

    /// Returns about how often a row came, if it is a heavy one.
    pub fn heavy(&self, key: u64) -> Option<u64> {
        let most = self.most(key);
        // Other rows add about the mean of all cells.
        let others = self.total.saturating_sub(most) / self.width as u64;
        let about = most.saturating_sub(others);
        (about.saturating_mul(self.heavy) >= self.total).then_some(about)
    }

    /// Tells if a row may become a heavy one. A row that is heavy among all customers may be so in one
    /// of several parts of them at least, so that a part that keeps these loses no heavy row.
    pub fn may_be_heavy(&self, key: u64) -> bool {
        self.most(key).saturating_mul(2 * self.heavy) >= self.total
    }

    /// Returns a number that is at least that of the copies of a row.
    fn most(&self, key: u64) -> u64 {
        places(key, self.width).map(|place| self.cells[place]).min().unwrap_or(0)
    }

    /// Tells if a sketch that came as bytes can be used.
    pub fn is_sound(&self) -> bool {
        let widths = MIN_WIDTH..=MAX_WIDTH;
        let heavy = 1..=(MAX_WIDTH / CELLS_FOR_EACH_HEAVY) as u64;
        widths.contains(&self.width)
            && self.width.is_power_of_two()
            && self.cells.len() == DEPTH * self.width
            && heavy.contains(&self.heavy)
    }
}

/// A tenth of the memory limit at most, but for the smallest limits.
fn width(memory_limit: usize) -> usize {
    let most = memory_limit / 10 / (DEPTH * size_of::<u64>());
    (1 << most.max(1).ilog2()).clamp(MIN_WIDTH, MAX_WIDTH)
}

/// Returns the cells of a row. A narrower sketch takes fewer bits of the same hash.
fn places(key: u64, width: usize) -> impl Iterator<Item = usize> {
    let hash = xxh3_128(&key.to_le_bytes());
    (0..DEPTH).map(move |depth| depth * width + ((hash >> (BITS * depth)) as usize & (width - 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One row of 30,000 copies and one of 5,000 among 100,000 others, split into some parts.
    fn parts(limits: &[usize]) -> Vec<Sketch> {
        let mut parts: Vec<Sketch> = limits.iter().map(|&at| Sketch::new(at, 1 << 20)).collect();
        for row in 0..100_000_u64 {
            parts[row as usize % limits.len()].add(row.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, 1);
        }
        parts[0].add(2, 30_000);
        parts[limits.len() - 1].add(4, 5000);
        parts
    }

    #[test]
    fn heavy_rows_are_counted_and_others_are_not() {
        let sketch = parts(&[1 << 20]).remove(0);
        assert!(sketch.heavy(2).unwrap().abs_diff(30_000) < 60, "{:?}", sketch.heavy(2));
        assert!(sketch.heavy(4).unwrap().abs_diff(5000) < 60, "{:?}", sketch.heavy(4));
        assert!((0..100_000).all(|row| !sketch.may_be_heavy(2 * row + 1)));
    }

    #[test]
    fn sketches_of_different_widths_merge_in_every_order() {
        let merged = |order: [usize; 3]| {
            let mut parts: Vec<_> = parts(&[1 << 20, 1 << 24, 1]).into_iter().map(Some).collect();
            let mut first = parts[order[0]].take().unwrap();
            order[1..].iter().for_each(|&at| first.merge(parts[at].take().unwrap()));
            assert!(first.is_sound());
            format!("{first:?}")
        };
        assert_eq!(merged([0, 1, 2]), merged([2, 1, 0]));
        assert_eq!(merged([0, 1, 2]), merged([1, 2, 0]));
    }
}
