//! The rows that an encoder is fitted on, with their weights.

use crate::sample::{Sample, SampleRow};

/// The used rows of a canonical sample, each with the weight of all its copies.
pub(super) struct WeightedRows<'a, W> {
    pub sample: &'a Sample,
    weight: W,
}

/// Rows that stay in the CPU's caches while one column after the other is gone through.
pub(super) const BLOCK_ROWS: usize = 256;

impl<'a, W: Fn(SampleRow) -> f64> WeightedRows<'a, W> {
    /// `weight` is that of all copies of a row, 0 where the row is not used.
    pub fn new(sample: &'a Sample, weight: W) -> Self {
        Self { sample, weight }
    }

    /// The rows, in canonical order.
    pub fn each(&self) -> impl Iterator<Item = (SampleRow<'a>, f64)> {
        let rows = self.sample.poll().each(self.sample.rows());
        rows.map(|row| (row, (self.weight)(row))).filter(|(_, weight)| *weight > 0.0)
    }

    /// Calls `block` with some rows after the other, at most [`BLOCK_ROWS`] at once.
    pub fn by_blocks(&self, mut block: impl FnMut(&[(SampleRow, f64)])) {
        let mut rows = Vec::with_capacity(BLOCK_ROWS);
        for row in self.each() {
            rows.push(row);
            if rows.len() == BLOCK_ROWS {
                block(&rows);
                rows.clear();
            }
        }
        block(&rows);
    }
}
