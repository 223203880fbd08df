//! Comparison of two scores on the same customers: the difference of Qini and of the uplift of the best
//! 30 %, with the standard errors of paired differences.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use two_stage::Result;

use super::{
    blocks::Block,
    curve::{curve, influences_on_area},
    estimate::Estimate,
    metrics::totals,
    pairs::{MAX_BINS, Pairs},
    squared::Squared,
    sums::{Influence, Sums},
    tally::{Customer, Tally},
    top::{ROUNDING, top},
};
use crate::evaluation::score_bins::ScoreBins;

/// The most scores that each curve tells apart.
const MAX_SCORES: usize = 1 << 16;
/// The share of the best customers that are compared.
const SHARE: f64 = 0.3;

type Bins = ScoreBins<Sums, MAX_SCORES>;

/// The rows of a comparison.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ComparedRows {
    tally: Tally,
    scores: [Bins; 2],
    pairs: Pairs,
}

/// The comparison of two scores.
#[derive(Debug, Clone, PartialEq)]
pub struct UpliftComparison {
    /// The rows that were used.
    pub rows: u64,
    /// The figures; `None` unless both exposed and unexposed customers are there.
    pub differences: Option<Differences>,
}

/// The figures of two scores, and their differences, first less second.
#[derive(Debug, Clone, PartialEq)]
pub struct Differences {
    /// Qini of each score.
    pub qini: [f64; 2],
    /// The difference of Qini.
    pub qini_difference: Estimate,
    /// The difference of the uplift of the best 30 %; `None` where an arm is missing among them.
    pub top_difference: Option<Estimate>,
}

/// Influences of the customers of each bin of a score: on the area, and on the uplift of the best.
type OfBins = HashMap<u64, [Influence; 2]>;

impl ComparedRows {
    /// Adds a row; its own score is the first, and one without the second is left out as well.
    pub fn add(&mut self, customer: &Customer, other: Option<f64>) -> Result<()> {
        let Some(row) = self.tally.read(customer, &[customer.score, other])? else {
            return Ok(());
        };
        let (Some(score), Some(other)) = (customer.score, other) else { return Ok(()) };
        self.scores[0].add(score, row);
        self.scores[1].add(other, row);
        self.pairs.add([score, other].map(Bins::key), &row);
        self.fit();
        Ok(())
    }

    /// Adds the rows of another part.
    pub fn merge(&mut self, other: Self) -> Result<()> {
        self.tally.merge(&other.tally)?;
        self.scores.iter_mut().zip(other.scores).for_each(|(bins, more)| bins.merge(more));
        self.pairs.merge(other.pairs);
        self.fit();
        Ok(())
    }

    /// Returns the memory that the rows hold.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.scores.iter().map(Bins::bytes).sum::<usize>() + self.pairs.bytes()
    }

    /// Tells if the rows can be some that were written.
    pub fn is_sound(&self) -> bool {
        self.tally.is_sound() && self.scores.iter().all(Bins::is_sound) && self.pairs.is_sound()
    }

    fn fit(&mut self) {
        if self.pairs.is_full() {
            self.coarsen();
        }
    }

    fn coarsen(&mut self) {
        self.pairs.coarsen(self.scores.each_mut().map(|bins| bins.level_for::<MAX_BINS>()));
    }
}

/// The comparison of the rows; `None` if there are none.
pub fn compare(rows: &mut ComparedRows) -> Option<UpliftComparison> {
    if rows.tally.rows() + rows.tally.ignored() == 0 {
        return None;
    }
    if rows.pairs.levels().is_some() {
        rows.coarsen();
    }
    let differences = differences(rows);
    Some(UpliftComparison { rows: rows.tally.rows(), differences })
}

fn differences(rows: &mut ComparedRows) -> Option<Differences> {
    let levels = rows.pairs.levels().unwrap_or_default();
    let [of_first, of_second] = &mut rows.scores;
    let first = Side::new(of_first, levels[0])?;
    let second = Side::new(of_second, levels[1])?;
    let (mut of_qini, mut of_top) = (Squared::default(), Squared::default());
    for (keys, sums) in rows.pairs.cells() {
        let (Some(a), Some(b)) = (first.bins.get(&keys[0]), second.bins.get(&keys[1])) else {
            continue;
        };
        // The uplift of all customers is the same for both, so that Qini differs as the areas do.
        of_qini += sums.squared(&a[0].plus(-1.0, &b[0]));
        of_top += sums.squared(&a[1].plus(-1.0, &b[1]));
    }
    let tops = first.top.zip(second.top);
    Some(Differences {
        qini: [first.qini, second.qini],
        qini_difference: Estimate { value: first.qini - second.qini, error: of_qini.root() },
        top_difference: tops.map(|(a, b)| Estimate { value: a - b, error: of_top.root() }),
    })
}

/// The figures of one score.
struct Side {
    qini: f64,
    top: Option<f64>,
    bins: OfBins,
}

impl Side {
    fn new(scores: &mut Bins, level: u32) -> Option<Self> {
        let blocks = scores.blocks().map(Block::from);
        let totals = totals(blocks.clone());
        let curve = curve(blocks.clone())?;
        let best = top(blocks.clone(), &totals, SHARE);
        let of_top =
            if best.has_both() { best.influence_on_uplift() } else { Influence::default() };
        let (mut bins, mut weights) = (OfBins::new(), HashMap::<u64, f64>::new());
        let mut before = 0.0;
        for (block, on_area) in blocks.zip(influences_on_area(&curve)) {
            let weight = block.sums.weight;
            let rest = SHARE * totals.weight - before;
            let is_in = rest > ROUNDING * totals.weight;
            let part = if is_in { (rest / weight).min(1.0) } else { 0.0 };
            let key = Bins::key(block.score) >> level;
            let [area, top] = bins.entry(key).or_default();
            *area = area.plus(weight, &on_area);
            *top = top.plus(weight * part, &of_top);
            *weights.entry(key).or_default() += weight;
            before += weight;
        }
        for (key, influences) in &mut bins {
            let share = 1.0 / weights[key];
            *influences = influences.map(|sum| Influence::default().plus(share, &sum));
        }
        let top = best.has_both().then(|| best.uplift());
        Some(Self { qini: curve.qini(), top, bins })
    }
}
