//! Predicted probability and observed share of rows with similar scores.

use super::{
    gathered::IntentRows,
    sums::{Class, Sums},
};
use crate::evaluation::score_bins::{Block, BlockSums};

/// Rows with similar scores.
#[derive(Debug, Clone, PartialEq)]
pub struct CalibrationBin {
    /// The number of the bin; 1 has the highest scores.
    pub bin: u32,
    /// The number of rows.
    pub rows: u64,
    /// The mean score; `None` if scores are infinite.
    pub predicted: Option<f64>,
    /// The share of rows that are so.
    pub observed: f64,
    /// Its standard error.
    pub observed_error: f64,
}

/// The bins of about equal weight, the highest scores first. Equal scores stay together, and empty bins
/// are left out.
pub fn calibration_curve(rows: &mut IntentRows, bins: u32) -> Vec<CalibrationBin> {
    let blocks = rows.bins().blocks();
    let whole: f64 = blocks.clone().map(|block| block.sums.weight()).sum();
    let mut before = 0.0;
    let placed: Vec<(u32, Block<'_, Sums>)> = blocks
        .map(|block| {
            let weight = block.sums.weight();
            let middle = (before + weight / 2.0) / whole;
            before += weight;
            (((middle * f64::from(bins)) as u32).min(bins - 1), block)
        })
        .collect();
    placed.chunk_by(|(a, _), (b, _)| a == b).map(bin).collect()
}

fn bin(of_bin: &[(u32, Block<'_, Sums>)]) -> CalibrationBin {
    let (mut sums, mut score) = (Sums::default(), 0.0);
    for (_, block) in of_bin {
        sums.add(block.sums);
        score += block.sums.weight() * block.score;
    }
    let [Class { squares: of_others, .. }, Class { weight, squares }] = sums.classes;
    let observed = weight / sums.weight();
    let variance = squares * (1.0 - observed).powi(2) + of_others * observed * observed;
    let predicted = score / sums.weight();
    CalibrationBin {
        bin: of_bin[0].0 + 1,
        rows: sums.rows,
        predicted: predicted.is_finite().then_some(predicted),
        observed,
        observed_error: variance.sqrt() / sums.weight(),
    }
}
