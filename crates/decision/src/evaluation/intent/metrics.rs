//! The figures of an intent.

use super::{
    gathered::IntentRows,
    probabilities::ProbabilityFigures,
    ranking::{RankingFigures, ranking},
    sums::Sums,
};
use crate::evaluation::score_bins::{Block, BlockSums};

/// The figures of some rows.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct IntentMetrics {
    /// The rows that count.
    pub rows: u64,
    /// The rows without a truth or a score, or of weight 0.
    pub rows_ignored: u64,
    /// The rows that are so.
    pub positives: u64,
    /// Their share by weight.
    pub base_rate: Option<f64>,
    /// The figures of the order.
    pub ranking: RankingFigures,
    /// The figures of probabilities; all are `None` if a score is outside 0 to 1.
    pub probabilities: ProbabilityFigures,
}

/// The figures of the rows.
pub fn evaluate(rows: &mut IntentRows) -> IntentMetrics {
    let counts = IntentMetrics {
        rows: rows.rows(),
        rows_ignored: rows.ignored(),
        positives: rows.positives(),
        ..IntentMetrics::default()
    };
    let probabilities = rows.probabilities.clone();
    let is_exact = rows.bins().level() == 0;
    let blocks = rows.bins().blocks();
    let varies = blocks.len() > 1;
    let totals = totals(blocks.clone());
    if totals.rows == 0 {
        return counts;
    }
    IntentMetrics {
        base_rate: Some(totals.classes[1].weight / totals.weight()),
        ranking: ranking(blocks, &totals, is_exact),
        probabilities: probabilities.figures(varies),
        ..counts
    }
}

fn totals<'b>(blocks: impl Iterator<Item = Block<'b, Sums>>) -> Sums {
    let mut totals = Sums::default();
    blocks.for_each(|block| totals.add(block.sums));
    totals
}
