//! Segments as named by a score against the true ones.

use serde::{Deserialize, Serialize};
use two_stage::{Result, segment::Segment};

use super::optional::weight;
use crate::sum::Sum;

/// The rows so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Segments {
    rows: u64,
    ignored: u64,
    /// The weights by actual segment, then by predicted one.
    confusion: [[Sum; 3]; 3],
}

/// The figures of some rows. A figure is `None` where no row has what it needs.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentMetrics {
    /// The rows that count.
    pub rows: u64,
    /// The rows without a segment, or of weight 0.
    pub rows_ignored: u64,
    /// The share of rows whose segment is right.
    pub accuracy: Option<f64>,
    /// The mean F1 of the segments that occur among the actual or the predicted ones.
    pub macro_f1: Option<f64>,
    /// The figures of each segment, in the order of [`Segment::ALL`].
    pub segments: [SegmentFigures; 3],
    /// The weights by actual segment, then by predicted one.
    pub confusion: Option<[[f64; 3]; 3]>,
}

/// The figures of one segment.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SegmentFigures {
    /// The share of right rows among those predicted so; `None` if none is.
    pub precision: Option<f64>,
    /// The share of right rows among those that are so; `None` if none is.
    pub recall: Option<f64>,
    /// The harmonic mean of both; `None` if the segment does not occur, 0 if it is never right.
    pub f1: Option<f64>,
}

impl Segments {
    /// Adds a row.
    pub fn add(
        &mut self,
        actual: Option<&str>,
        predicted: Option<&str>,
        given_weight: Option<f64>,
    ) -> Result<()> {
        let weight = weight(given_weight)?;
        let [actual, predicted] = [actual, predicted].map(|name| name.map(Segment::parse));
        match (actual.transpose()?, predicted.transpose()?) {
            (Some(actual), Some(predicted)) if weight > 0.0 => {
                self.rows += 1;
                self.confusion[actual as usize][predicted as usize].add(weight);
            }
            _ => self.ignored += 1,
        }
        Ok(())
    }

    /// Adds the rows of another state.
    pub fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.ignored += other.ignored;
        let cells = self.confusion.iter_mut().flatten();
        for (cell, of_other) in cells.zip(other.confusion.into_iter().flatten()) {
            cell.merge(of_other);
        }
    }

    /// Checks a state that another process has sent.
    pub fn is_sound(&self) -> bool {
        let mut cells = self.confusion.iter().flatten();
        cells.all(|cell| cell.is_finite() && cell.value() >= 0.0)
    }

    /// The figures of the rows.
    pub fn metrics(&self) -> SegmentMetrics {
        let weights = self.confusion.map(|of_actual| of_actual.map(Sum::value));
        let sum = |cells: &mut dyn Iterator<Item = Sum>| {
            let mut sum = Sum::default();
            cells.for_each(|cell| sum.merge(cell));
            sum.value()
        };
        let all = sum(&mut self.confusion.into_iter().flatten());
        let right = sum(&mut (0..3).map(|k| self.confusion[k][k]));
        let segments = [0, 1, 2].map(|k| {
            let actual = sum(&mut self.confusion[k].into_iter());
            let predicted = sum(&mut (0..3).map(|of| self.confusion[of][k]));
            let right = weights[k][k];
            SegmentFigures {
                precision: share(right, predicted),
                recall: share(right, actual),
                f1: share(2.0 * right, actual + predicted),
            }
        });
        let f1s: Vec<f64> = segments.iter().filter_map(|figures| figures.f1).collect();
        SegmentMetrics {
            rows: self.rows,
            rows_ignored: self.ignored,
            accuracy: share(right, all),
            macro_f1: share(f1s.iter().sum(), f1s.len() as f64),
            segments,
            confusion: (self.rows > 0).then_some(weights),
        }
    }
}

fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

#[cfg(test)]
mod tests;
