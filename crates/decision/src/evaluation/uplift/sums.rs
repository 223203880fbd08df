//! The sums of customers with equal scores, from which all figures and their standard errors follow.

use serde::{Deserialize, Serialize};

use super::squared::Squared;
use crate::evaluation::score_bins::BlockSums;

/// A customer, without the score.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Row {
    pub outcome: f64,
    pub weight: f64,
    /// The weight by the inverse of the chance of what happened, negative for an unexposed customer.
    pub signed_inverse: f64,
}

impl Row {
    /// The place of the customer's arm: 1 if exposed.
    pub fn arm(&self) -> usize {
        usize::from(self.signed_inverse > 0.0)
    }
}

/// Sums over the exposed customers, or over the others: v is the inverse weight, w the weight, y the
/// outcome.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Arm {
    pub v: f64,
    pub vy: f64,
    vv: f64,
    vvy: f64,
    vvyy: f64,
    wv: f64,
    wvy: f64,
}

impl Arm {
    /// The mean outcome; 0 if nobody is there.
    pub fn mean(&self) -> f64 {
        if self.v > 0.0 { self.vy / self.v } else { 0.0 }
    }

    fn numbers(&mut self) -> [&mut f64; 7] {
        let Self { v, vy, vv, vvy, vvyy, wv, wvy } = self;
        [v, vy, vv, vvy, vvyy, wv, wvy]
    }
}

/// The sums of some customers.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Sums {
    pub weight: f64,
    ww: f64,
    /// The sum of inverse weights by the sizes of the outcomes.
    size: f64,
    /// The unexposed customers, then the exposed ones.
    pub arms: [Arm; 2],
    rows: [u32; 2],
}

/// An influence that is linear in a customer's weights and outcome: v·(slope·y + level) + w·rest, with
/// the slope and level of the customer's arm.
#[derive(Debug, Clone, Copy, Default)]
pub struct Influence {
    pub slopes: [f64; 2],
    pub levels: [f64; 2],
    pub rest: f64,
}

impl Influence {
    /// Adds a multiple of another influence.
    pub fn plus(mut self, factor: f64, other: &Self) -> Self {
        for arm in 0..2 {
            self.slopes[arm] += factor * other.slopes[arm];
            self.levels[arm] += factor * other.levels[arm];
        }
        self.rest += factor * other.rest;
        self
    }
}

impl Sums {
    /// The numbers of unexposed and exposed rows.
    pub fn rows(&self) -> [u64; 2] {
        self.rows.map(u64::from)
    }

    /// Adds so many rows that are alike.
    #[inline]
    pub fn add_rows(&mut self, row: &Row, rows: u32) {
        let Row { outcome: y, weight: w, signed_inverse } = *row;
        let (place, v, n) = (row.arm(), signed_inverse.abs(), f64::from(rows));
        self.weight += n * w;
        self.ww += n * (w * w);
        self.size += n * (v * y.abs());
        self.rows[place] = self.rows[place].saturating_add(rows);
        let arm = &mut self.arms[place];
        let terms = [v, v * y, v * v, v * v * y, v * v * y * y, w * v, w * v * y];
        arm.numbers().into_iter().zip(terms).for_each(|(sum, term)| *sum += n * term);
    }

    /// Tells if both exposed and unexposed customers are there.
    pub fn has_both(&self) -> bool {
        self.arms.iter().all(|arm| arm.v > 0.0)
    }

    /// The difference of the mean outcomes of exposed and unexposed customers.
    pub fn uplift(&self) -> f64 {
        self.arms[1].mean() - self.arms[0].mean()
    }

    /// The influence of these customers on their uplift.
    pub fn influence_on_uplift(&self) -> Influence {
        let mut influence = Influence::default();
        for (arm, sign) in [(0, -1.0), (1, 1.0)] {
            influence.slopes[arm] = sign / self.arms[arm].v;
            influence.levels[arm] = -influence.slopes[arm] * self.arms[arm].mean();
        }
        influence
    }

    /// Adds a share of other customers: their first-order sums alone.
    pub fn with_share(mut self, share: f64, other: &Self) -> Self {
        self.weight += share * other.weight;
        for (arm, more) in self.arms.iter_mut().zip(&other.arms) {
            arm.v += share * more.v;
            arm.vy += share * more.vy;
        }
        self
    }

    /// The sum of the squared influences of the customers.
    pub fn squared(&self, influence: &Influence) -> Squared {
        let Influence { slopes, levels, rest } = *influence;
        let of_arm = |place: usize| {
            let (arm, slope, level) = (&self.arms[place], slopes[place], levels[place]);
            [
                slope * slope * arm.vvyy,
                2.0 * slope * level * arm.vvy,
                level * level * arm.vv,
                2.0 * rest * slope * arm.wvy,
                2.0 * rest * level * arm.wv,
            ]
        };
        let arms = [of_arm(0), of_arm(1)];
        let terms = arms.as_flattened().iter().copied().chain([rest * rest * self.ww]);
        // An outcome of 0 or 1 is its own square.
        let is_binary = self.arms.iter().all(|arm| arm.vvyy == arm.vvy);
        Squared::of(terms, is_binary)
    }

    /// The most that the gain can move within these customers, where `totals` has the sums of all. Only
    /// the sizes of both arms together are known: the rest beyond their sums may be of either arm.
    pub fn movement(&self, totals: &Self) -> f64 {
        let [unexposed, exposed] =
            [0, 1].map(|arm| (self.arms[arm].vy.abs(), 1.0 / totals.arms[arm].v));
        let rest = (self.size - unexposed.0 - exposed.0).max(0.0);
        unexposed.0 * unexposed.1 + exposed.0 * exposed.1 + rest * unexposed.1.max(exposed.1)
    }
}

impl BlockSums for Sums {
    type Row = Row;

    fn add_row(&mut self, row: &Row) {
        self.add_rows(row, 1);
    }

    fn add(&mut self, other: &Self) {
        self.weight += other.weight;
        self.ww += other.ww;
        self.size += other.size;
        for (place, mut more) in other.arms.into_iter().enumerate() {
            self.rows[place] = self.rows[place].saturating_add(other.rows[place]);
            let sums = self.arms[place].numbers();
            sums.into_iter().zip(more.numbers()).for_each(|(sum, term)| *sum += *term);
        }
    }

    fn is_sound(&self) -> bool {
        let Self { weight, ww, size, mut arms, .. } = *self;
        let positive = [weight, ww, size, arms[0].v, arms[1].v];
        positive.into_iter().all(|sum| sum >= 0.0)
            && !arms.iter_mut().any(|arm| arm.numbers().into_iter().any(|sum| sum.is_nan()))
    }
}
