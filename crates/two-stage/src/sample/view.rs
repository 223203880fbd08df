//! Views of a sample: its rows, and the texts of its categories.

use super::{Sample, SampleRow};
use crate::word::{RowIndex, Word};

impl Sample {
    pub(crate) fn words(&self) -> &[Word] {
        &self.words
    }

    /// The distinct rows.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = SampleRow<'_>> {
        self.words.chunks_exact(self.stride()).map(SampleRow::new)
    }

    /// A distinct row.
    pub fn row(&self, index: RowIndex) -> SampleRow<'_> {
        SampleRow::new(self.row_words(index))
    }

    pub(super) fn row_words(&self, index: RowIndex) -> &[Word] {
        let stride = self.stride();
        &self.words[index.get() * stride..][..stride]
    }

    /// Brings rows into the CPU's caches ahead of their use: rows in a random order are far apart,
    /// and waiting for each takes longer than copying it.
    pub(crate) fn prefetch(&self, rows: &[RowIndex]) {
        for &row in rows {
            kernels::prefetch(self.row_words(row));
        }
    }

    /// The texts of a category column, by code.
    pub fn categories(&self, column: usize) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.dictionaries[column].texts()
    }
}
