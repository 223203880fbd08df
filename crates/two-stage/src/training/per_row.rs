//! A value for each distinct row.

use std::ops::{Index, IndexMut};

use crate::word::RowIndex;

/// A value for each distinct row of a sample.
#[derive(Debug, Clone)]
pub(super) struct PerRow<T>(Vec<T>);

impl<T: Clone> PerRow<T> {
    pub fn filled(value: T, rows: usize) -> Self {
        Self(vec![value; rows])
    }
}

impl<T> PerRow<T> {
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut()
    }
}

impl PerRow<f32> {
    pub fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(sum, value)| *sum += value);
    }
}

impl<T> Index<RowIndex> for PerRow<T> {
    type Output = T;

    fn index(&self, row: RowIndex) -> &T {
        &self.0[row.get()]
    }
}

impl<T> IndexMut<RowIndex> for PerRow<T> {
    fn index_mut(&mut self, row: RowIndex) -> &mut T {
        &mut self.0[row.get()]
    }
}
