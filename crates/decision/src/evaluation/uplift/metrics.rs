//! The figures of a score: uplift, AUUC, Qini, the uplift of the best customers, and calibration, with
//! standard errors that take rows as independent.

use super::{
    blocks::Block,
    calibration::{Calibration, calibration},
    curve::{curve, influences_on_area},
    estimate::Estimate,
    gathered::UpliftRows,
    normalised::{Normalised, normalised},
    squared::Squared,
    sums::Sums,
    top::tops,
};
use crate::evaluation::score_bins::BlockSums;

/// The shares whose uplift is told.
const TOPS: [f64; 4] = [0.1, 0.2, 0.3, 0.5];

/// The figures of a score.
#[derive(Debug, Clone, PartialEq)]
pub struct UpliftMetrics {
    /// The rows that were used.
    pub rows: u64,
    /// The rows that were left out.
    pub rows_ignored: u64,
    /// The exposed rows among those that were used.
    pub rows_exposed: u64,
    /// The share of exposed customers; `None` if no row was used.
    pub exposed_share: Option<f64>,
    /// The mean propensity; `None` if none was given.
    pub mean_propensity: Option<f64>,
    /// The mean outcome of exposed customers; `None` if there are none.
    pub outcome_exposed: Option<f64>,
    /// The mean outcome of unexposed customers; `None` if there are none.
    pub outcome_unexposed: Option<f64>,
    /// The figures that need both; `None` if one of them is missing.
    pub effects: Option<UpliftEffects>,
}

/// The figures that need both exposed and unexposed customers.
#[derive(Debug, Clone, PartialEq)]
pub struct UpliftEffects {
    /// The difference of the mean outcomes.
    pub uplift: Estimate,
    /// The area under the gain curve.
    pub auuc: Estimate,
    /// The area between the gain curve and that of a random order.
    pub qini: Estimate,
    /// The areas as shares of the best possible; `None` where these are not defined.
    pub normalised: Normalised,
    /// The uplift of the best 10, 20, 30 and 50 %; `None` where an arm is missing among them.
    pub tops: [Option<Estimate>; 4],
    /// The mean score and the slope of the uplift over the score.
    pub calibration: Calibration,
    /// The most that AUUC and Qini can be off because scores were not told apart.
    pub error_bound: f64,
}

/// The figures of the rows; `None` if there are none.
pub fn evaluate(rows: &mut UpliftRows) -> Option<UpliftMetrics> {
    let tally = rows.tally().clone();
    if tally.rows() + tally.ignored() == 0 {
        return None;
    }
    let is_exact = rows.blocks().level() == 0;
    let blocks = rows.blocks().blocks();
    let totals = totals(blocks.clone());
    let mean = |arm: usize| (totals.arms[arm].v > 0.0).then(|| totals.arms[arm].mean());
    let is_empty = totals.weight == 0.0;
    Some(UpliftMetrics {
        rows: tally.rows(),
        rows_ignored: tally.ignored(),
        rows_exposed: tally.rows_exposed(),
        exposed_share: (!is_empty).then(|| tally.exposed() / totals.weight),
        mean_propensity: tally.propensity().filter(|_| !is_empty).map(|sum| sum / totals.weight),
        outcome_exposed: mean(1),
        outcome_unexposed: mean(0),
        effects: effects(blocks, &totals, is_exact, tally.is_plain()),
    })
}

/// The sums of all blocks.
pub fn totals(blocks: impl Iterator<Item = Block>) -> Sums {
    let mut totals = Sums::default();
    blocks.for_each(|block| totals.add(&block.sums));
    totals
}

fn effects(
    blocks: impl Iterator<Item = Block> + Clone,
    totals: &Sums,
    is_exact: bool,
    is_plain: bool,
) -> Option<UpliftEffects> {
    let curve = curve(blocks.clone())?;
    let of_uplift = totals.influence_on_uplift();
    let uplift = totals.uplift();
    let (mut of_area, mut of_qini) = (Squared::default(), Squared::default());
    for (block, influence) in blocks.clone().zip(influences_on_area(&curve)) {
        of_area += block.sums.squared(&influence);
        of_qini += block.sums.squared(&influence.plus(-0.5, &of_uplift));
    }
    let mut best = tops(blocks.clone(), totals, TOPS.into_iter()).into_iter();
    let movement = |block: Block| block.sums.weight * block.sums.movement(totals);
    let moved: f64 = if is_exact { 0.0 } else { blocks.clone().map(movement).sum() };
    Some(UpliftEffects {
        uplift: Estimate { value: uplift, error: totals.squared(&of_uplift).root() },
        auuc: Estimate { value: curve.area(), error: of_area.root() },
        qini: Estimate { value: curve.qini(), error: of_qini.root() },
        normalised: if is_plain { normalised(blocks.clone()) } else { Normalised::default() },
        tops: std::array::from_fn(|_| best.next().and_then(|top| top.uplift)),
        calibration: calibration(blocks, totals),
        error_bound: moved / totals.weight / 2.0,
    })
}
