//! Sums of squares, of which rounding may leave nothing.

use std::ops::{AddAssign, Mul};

/// A sum of squares that is a smaller part of its terms may be rounding, which grows with the number of rows.
const ROUNDING: f64 = 1e-10;

/// A sum of squares, made of terms that may cancel.
#[derive(Debug, Clone, Copy)]
pub struct Squared {
    sum: f64,
    /// The sum of the sizes of the terms.
    size: f64,
    /// Set while each outcome is 0 or 1: terms then cancel only where nothing varies.
    is_binary: bool,
}

impl Default for Squared {
    fn default() -> Self {
        Self { sum: 0.0, size: 0.0, is_binary: true }
    }
}

impl Squared {
    /// Adds up terms.
    pub fn of(terms: impl Iterator<Item = f64>, is_binary: bool) -> Self {
        let (sum, size) =
            terms.fold((0.0, 0.0), |(sum, size), term| (sum + term, size + term.abs()));
        Self { sum, size, is_binary }
    }

    /// The root, a standard error. It is NaN if rounding leaves nothing of outcomes that hardly differ beside
    /// their size, and if a term is too large.
    pub fn root(self) -> f64 {
        let Self { sum, size, is_binary } = self;
        if sum > ROUNDING * size {
            sum.sqrt()
        } else if size == 0.0 || (is_binary && size.is_finite()) {
            0.0
        } else {
            f64::NAN
        }
    }
}

impl AddAssign for Squared {
    fn add_assign(&mut self, other: Self) {
        self.sum += other.sum;
        self.size += other.size;
        self.is_binary &= other.is_binary;
    }
}

impl Mul<f64> for Squared {
    type Output = Self;

    fn mul(self, factor: f64) -> Self {
        Self { sum: factor * self.sum, size: factor * self.size, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(terms: [f64; 2], is_binary: bool) -> f64 {
        Squared::of(terms.into_iter(), is_binary).root()
    }

    #[test]
    fn what_is_left_of_terms_that_cancel_is_no_error() {
        assert_eq!(root([9.0, -5.0], false), 2.0);
        assert!(root([1e16, -1e16 + 2.0], false).is_nan());
        assert!(root([f64::INFINITY, 0.0], false).is_nan());
        assert!(root([f64::INFINITY, f64::NEG_INFINITY], true).is_nan());
    }

    #[test]
    fn nothing_varies_where_outcomes_of_0_or_1_cancel() {
        assert_eq!(root([1.0, -1.0], true), 0.0);
        assert_eq!(root([0.0, 0.0], false), 0.0);
    }

    #[test]
    fn one_other_outcome_is_enough() {
        let mut sum = Squared::of([1.0, -1.0].into_iter(), true) * 2.0;
        sum += Squared::of([1.0, -1.0].into_iter(), false);
        assert!(sum.root().is_nan());
    }
}
