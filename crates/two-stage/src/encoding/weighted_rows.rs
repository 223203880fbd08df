//! The rows that an encoder is fitted on, with their weights.

use crate::{
    poll::Poll,
    sample::{Sample, SampleRow},
};

/// The used rows of a canonical sample, each with the weight of all its copies.
pub(super) struct WeightedRows<'a, W> {
    pub sample: &'a Sample,
    weight: W,
    /// Some of the rows, evenly chosen. The canonical order of the rows is random.
    some: Vec<(SampleRow<'a>, f64)>,
}

/// Rows that stay in the CPU's caches while one column after the other is gone through.
pub(super) const BLOCK_ROWS: usize = 256;
/// Distinct rows that give a quantile, at most: sorting all of a large table's columns would take
/// as long as learning from it.
const SOME_ROWS: usize = 1 << 15;

impl<'a, W: Fn(SampleRow) -> f64> WeightedRows<'a, W> {
    /// `weight` is that of all copies of a row, 0 where the row is not used.
    pub fn new(sample: &'a Sample, weight: W) -> Self {
        let used = sample.poll().each(sample.rows()).filter(|&row| weight(row) > 0.0).count();
        let step = used.div_ceil(SOME_ROWS).max(1);
        let mut rows = Self { sample, weight, some: Vec::new() };
        rows.some = rows.each().step_by(step).collect();
        rows
    }

    pub fn poll(&self) -> Poll {
        self.sample.poll()
    }

    /// The rows, in canonical order.
    pub fn each(&self) -> impl Iterator<Item = (SampleRow<'a>, f64)> {
        let rows = self.sample.poll().each(self.sample.rows());
        rows.map(|row| (row, (self.weight)(row))).filter(|(_, weight)| *weight > 0.0)
    }

    /// The numbers of a column in some rows, evenly chosen, with their weights.
    pub fn some_values(&self, column: usize) -> Vec<(f32, f64)> {
        let number = |&(row, weight): &(SampleRow, f64)| (row.features[column].number(), weight);
        self.some.iter().map(number).filter(|(number, _)| !number.is_nan()).collect()
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
