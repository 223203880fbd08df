//! Views of a sample: its rows, and the texts of its categories.

use super::{Sample, SampleRow};
use crate::word::{RowIndex, Word};

impl Sample {
    /// Tells if rows have customers.
    pub fn keeps_customers(&self) -> bool {
        self.keeps_customers
    }

    /// The columns that were left out, in the order of their names.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    pub(crate) fn words(&self) -> &[Word] {
        &self.words
    }

    /// The distinct rows.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = SampleRow<'_>> {
        let features = self.features().len();
        self.words.chunks_exact(self.stride()).map(move |words| SampleRow::new(words, features))
    }

    /// A distinct row.
    pub fn row(&self, index: RowIndex) -> SampleRow<'_> {
        SampleRow::new(self.row_words(index), self.features().len())
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
