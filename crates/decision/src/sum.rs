//! Sums whose rounding does not show, so that the order of their terms does not change a result.
//!
//! A sum is the pair of its nearest f64 and of the rest (Dekker, "A floating-point technique for extending
//! the available precision", 1971): it errs by about 1e-32 of its size.

use std::ops::{Mul, Sub};

use serde::{Deserialize, Serialize};

/// A sum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Sum {
    high: f64,
    low: f64,
}

impl Sum {
    /// Adds a term.
    pub fn add(&mut self, term: f64) {
        self.merge(term.into());
    }

    /// Adds a product without rounding it.
    pub fn add_product(&mut self, a: f64, b: f64) {
        self.merge(product(a, b));
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: Self) {
        let of_high = exact(self.high, other.high);
        let of_low = exact(self.low, other.low);
        let Self { high, low } = exact(of_high.high, of_high.low + of_low.high);
        *self = exact(high, low + of_low.low);
    }

    /// The nearest f64.
    pub fn value(self) -> f64 {
        self.high
    }

    /// Tells if no term was infinite, and the sum did not overflow.
    pub fn is_finite(self) -> bool {
        self.high.is_finite() && self.low.is_finite()
    }
}

impl From<f64> for Sum {
    fn from(high: f64) -> Self {
        Self { high, low: 0.0 }
    }
}

impl Mul for Sum {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let Self { high, low } = product(self.high, other.high);
        exact(high, low + (self.high * other.low + self.low * other.high))
    }
}

impl Sub for Sum {
    type Output = Self;

    fn sub(mut self, other: Self) -> Self {
        self.merge(Self { high: -other.high, low: -other.low });
        self
    }
}

/// The sum of two numbers.
fn exact(a: f64, b: f64) -> Sum {
    let high = a + b;
    let of_b = high - a;
    Sum { high, low: (a - (high - of_b)) + (b - of_b) }
}

fn product(a: f64, b: f64) -> Sum {
    let high = a * b;
    Sum { high, low: a.mul_add(b, -high) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sum(terms: &[f64]) -> Sum {
        let mut sum = Sum::default();
        terms.iter().for_each(|&term| sum.add(term));
        sum
    }

    proptest! {
        #[test]
        fn the_order_of_the_terms_does_not_matter(
            terms in prop::collection::vec(-1e6..1e6, 2..200), split in 0_usize..200
        ) {
            let split = split.min(terms.len());
            let mut merged = sum(&terms[split..]);
            merged.merge(sum(&terms[..split]));
            let backwards: Vec<f64> = terms.iter().rev().copied().collect();
            prop_assert_eq!(sum(&terms).value(), sum(&backwards).value());
            prop_assert_eq!(sum(&terms).value(), merged.value());
        }
    }

    #[test]
    fn small_terms_beside_large_ones_are_kept() {
        assert_eq!(sum(&[1e16, 1.0, -1e16]).value(), 1.0);
        let mut squares = Sum::default();
        squares.add_product(1e9 + 1.0, 1e9 + 1.0);
        let difference = squares - Sum::from(1e9) * Sum::from(1e9);
        assert_eq!(difference.value(), 2e9 + 1.0);
    }

    #[test]
    fn a_sum_that_overflows_is_not_finite() {
        assert!(!sum(&[f64::MAX, f64::MAX]).is_finite());
        assert!(sum(&[f64::MAX, -f64::MAX]).is_finite());
    }
}
