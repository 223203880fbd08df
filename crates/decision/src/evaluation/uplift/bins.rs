//! Predicted and observed uplift of customers with similar scores.

use super::{blocks::Block, estimate::Estimate, gathered::UpliftRows, metrics::totals, sums::Sums};
use crate::evaluation::score_bins::BlockSums;

/// Customers with similar scores.
#[derive(Debug, Clone, PartialEq)]
pub struct UpliftBin {
    /// The number of the bin; 1 has the highest scores.
    pub bin: u32,
    /// The weight of the customers.
    pub customers: f64,
    /// The exposed rows.
    pub rows_exposed: u64,
    /// The unexposed rows.
    pub rows_unexposed: u64,
    /// The lowest score.
    pub score_from: f64,
    /// The highest score.
    pub score_to: f64,
    /// The mean score; `None` if scores are infinite.
    pub predicted: Option<f64>,
    /// The uplift; `None` unless both exposed and unexposed customers are in the bin.
    pub observed: Option<Estimate>,
}

/// The bins of about equal weight, the highest scores first. Equal scores stay together, and empty bins
/// are left out.
pub fn uplift_bins(rows: &mut UpliftRows, bins: u32) -> Vec<UpliftBin> {
    let blocks = rows.blocks().blocks();
    let whole = totals(blocks.clone()).weight;
    let mut before = 0.0;
    let placed: Vec<(u32, Block)> = blocks
        .map(|block| {
            let middle = (before + block.sums.weight / 2.0) / whole;
            before += block.sums.weight;
            (((middle * f64::from(bins)) as u32).min(bins - 1), block)
        })
        .collect();
    placed.chunk_by(|(a, _), (b, _)| a == b).map(bin).collect()
}

fn bin(of_bin: &[(u32, Block)]) -> UpliftBin {
    let (mut sums, mut score, mut rows) = (Sums::default(), 0.0, [0; 2]);
    for (_, block) in of_bin {
        sums.add(&block.sums);
        score += block.sums.weight * block.score;
        rows.iter_mut().zip(block.sums.rows()).for_each(|(rows, more)| *rows += more);
    }
    let (first, last) = (&of_bin[0], &of_bin[of_bin.len() - 1]);
    let predicted = score / sums.weight;
    let influence = sums.has_both().then(|| sums.influence_on_uplift());
    UpliftBin {
        bin: first.0 + 1,
        customers: sums.weight,
        rows_exposed: rows[1],
        rows_unexposed: rows[0],
        score_from: last.1.score,
        score_to: first.1.score,
        predicted: predicted.is_finite().then_some(predicted),
        observed: influence.map(|influence| Estimate {
            value: sums.uplift(),
            error: sums.squared(&influence).root(),
        }),
    }
}
