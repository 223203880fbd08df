//! The figures of a score's order: AUC with its standard error, and average precision.
//!
//! The standard error is that of DeLong, DeLong and Clarke-Pearson ("Comparing the areas under two or more
//! correlated receiver operating characteristic curves", 1988). Weights count as the influence of rows.

use super::sums::{Class, Sums};
use crate::evaluation::score_bins::Block;

/// The figures of the order. One is `None` where no row has what it needs.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct RankingFigures {
    /// The probability that a row that is so has a higher score than one that is not; ties count half.
    pub auc: Option<f64>,
    /// The standard error of the AUC; `None` unless both classes have two rows.
    pub auc_se: Option<f64>,
    /// The mean precision over the recall.
    pub average_precision: Option<f64>,
    /// A bound of the error that the AUC has because scores were not told apart.
    pub error_bound: Option<f64>,
}

/// The figures of blocks, the highest score first, whose sums are `totals`. `is_exact`: blocks have equal
/// scores.
pub fn ranking<'b>(
    blocks: impl Iterator<Item = Block<'b, Sums>> + Clone,
    totals: &Sums,
    is_exact: bool,
) -> RankingFigures {
    let [negatives, positives] = totals.classes;
    let average_precision = (positives.weight > 0.0).then(|| precision(blocks.clone(), positives));
    if negatives.weight <= 0.0 || positives.weight <= 0.0 {
        return RankingFigures { average_precision, ..RankingFigures::default() };
    }
    let pairs = negatives.weight * positives.weight;
    let placed = placed(blocks.clone(), totals);
    let auc = placed.clone().map(|(class, place)| class[1].weight * place[1]).sum::<f64>()
        / positives.weight;
    let ties = |block: Block<Sums>| {
        let [negatives, positives] = block.sums.classes;
        negatives.weight * positives.weight
    };
    let tied: f64 = blocks.map(ties).sum();
    RankingFigures {
        auc: Some(auc),
        auc_se: error(placed, totals, auc),
        average_precision,
        error_bound: Some(if is_exact { 0.0 } else { tied / pairs / 2.0 }),
    }
}

/// The classes of each block, and for each class the share of the other one that it is on the right side
/// of.
fn placed<'b>(
    blocks: impl Iterator<Item = Block<'b, Sums>> + Clone,
    totals: &Sums,
) -> impl Iterator<Item = ([Class; 2], [f64; 2])> + Clone {
    let all = totals.classes;
    blocks.scan([0.0; 2], move |above, block| {
        let classes = block.sums.classes;
        let share = |class: usize| (above[class] + classes[class].weight / 2.0) / all[class].weight;
        let places = [share(1), 1.0 - share(0)];
        above.iter_mut().zip(classes).for_each(|(above, class)| *above += class.weight);
        Some((classes, places))
    })
}

fn error(
    placed: impl Iterator<Item = ([Class; 2], [f64; 2])>,
    totals: &Sums,
    auc: f64,
) -> Option<f64> {
    let mut squares = [0.0; 2];
    for (classes, places) in placed {
        for class in 0..2 {
            squares[class] += classes[class].squares * (places[class] - auc).powi(2);
        }
    }
    let variance = |class: usize| {
        let Class { weight, squares: of_weights } = totals.classes[class];
        // The rows that equal weights would make as sure a mean of.
        let rows = weight * weight / of_weights;
        (rows > 1.0 + 1e-9).then(|| squares[class] / (weight * weight) * rows / (rows - 1.0))
    };
    Some((variance(0)? + variance(1)?).sqrt())
}

fn precision<'b>(blocks: impl Iterator<Item = Block<'b, Sums>>, positives: Class) -> f64 {
    let (mut right, mut all, mut area) = (0.0, 0.0, 0.0);
    for block in blocks {
        let weight = block.sums.classes[1].weight;
        right += weight;
        all += block.sums.weight();
        area += weight / positives.weight * right / all;
    }
    area
}
