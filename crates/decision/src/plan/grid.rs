//! Sums of costs in every order: SQL adds float8 in any order, and none may pass a budget.

use serde::{Deserialize, Serialize};

/// The largest power of two that all costs are multiples of. As long as a sum is below 2^53 times that
/// power, adding in float8 is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grid(i32);

/// Bits of the fraction of a float8.
const FRACTION_BITS: i32 = 52;

/// The exponent of the smallest float8.
const MIN_EXPONENT: i32 = -1074;

impl Default for Grid {
    fn default() -> Self {
        Self(f64::MAX_EXP)
    }
}

impl Grid {
    /// Adds a cost, which is 0 or more and finite.
    #[inline]
    pub fn add(&mut self, cost: f64) {
        if cost > 0.0 {
            let bits = cost.to_bits();
            let exponent = (bits >> FRACTION_BITS) as i32;
            let fraction =
                bits & ((1 << FRACTION_BITS) - 1) | u64::from(exponent > 0) << FRACTION_BITS;
            let lowest = MIN_EXPONENT + exponent.max(1) - 1 + fraction.trailing_zeros() as i32;
            self.0 = self.0.min(lowest);
        }
    }

    /// Adds the costs of another grid.
    pub fn merge(&mut self, other: Self) {
        self.0 = self.0.min(other.0);
    }

    /// Tells if costs that add up to `total` stay within a budget when they are added in any order.
    pub fn fits(self, total: f64, costs: f64, budget: f64) -> bool {
        total <= self.room(total, costs, budget)
    }

    /// Returns the most that about so many costs may add up to, of about that total.
    pub fn room(self, total: f64, costs: f64, budget: f64) -> f64 {
        let is_exact = total < 2_f64.powi(self.0.saturating_add(FRACTION_BITS + 1));
        if is_exact { budget } else { budget * (1.0 - costs * f64::EPSILON) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(costs: &[f64]) -> Grid {
        let mut grid = Grid::default();
        costs.iter().for_each(|&cost| grid.add(cost));
        grid
    }

    #[test]
    fn sums_of_whole_numbers_and_halves_are_exact() {
        assert_eq!(grid(&[1.0, 2.5, 0.0]), Grid(-1));
        assert_eq!(grid(&[5e-324]), Grid(MIN_EXPONENT));
        assert_eq!(grid(&[3.0 * f64::MIN_POSITIVE]), Grid(-1022));
        assert!(grid(&[1.0, 2.5]).fits(3.5, 2.0, 3.5));
        assert!(grid(&[]).fits(0.0, 0.0, 0.0));
    }

    #[test]
    fn three_times_a_tenth_is_more_than_three_tenths() {
        assert!(!grid(&[0.1]).fits(0.1 * 3.0, 3.0, 0.3));
        assert!(grid(&[0.1]).fits(0.1 * 3.0, 3.0, 0.31));
    }
}
