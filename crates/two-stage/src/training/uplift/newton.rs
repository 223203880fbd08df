//! Logistic regression on a few numbers of each row, by Newton's method.

use crate::{poll::Poll, probability::sigmoid};

const STEPS: usize = 12;
/// The penalty of half a squared coefficient, which keeps the matrix invertible.
const RIDGE: f64 = 1e-9;

/// A row of a regression: its numbers, its offset, its answer, and its total weight.
pub(super) struct Row<const K: usize> {
    pub numbers: [f64; K],
    pub offset: f64,
    pub engaged: bool,
    pub weight: f64,
}

impl<const K: usize> Row<K> {
    pub fn residual(&self, coefficients: &[f64; K]) -> f64 {
        f64::from(u8::from(self.engaged)) - self.chance(coefficients)
    }

    fn chance(&self, coefficients: &[f64; K]) -> f64 {
        sigmoid(self.offset + dot(&self.numbers, coefficients))
    }
}

/// The coefficients, and the inverse of the Hessian; `None` where they are not finite.
pub(super) type Fit<const K: usize> = Option<([f64; K], [[f64; K]; K])>;

/// Fits the coefficients.
pub(super) fn fit<const K: usize>(
    poll: Poll,
    rows: impl Iterator<Item = Row<K>> + Clone,
    mut coefficients: [f64; K],
) -> Fit<K> {
    let mut inverse = [[0.0; K]; K];
    for _ in 0..STEPS {
        let mut gradient = [0.0; K];
        let mut hessian: [[f64; K]; K] =
            std::array::from_fn(|i| std::array::from_fn(|j| if i == j { RIDGE } else { 0.0 }));
        for row in poll.each(rows.clone()) {
            let h = row.chance(&coefficients);
            let residual = row.weight * row.residual(&coefficients);
            let curvature = row.weight * h * (1.0 - h);
            for (i, of_row) in hessian.iter_mut().enumerate() {
                gradient[i] += residual * row.numbers[i];
                for (sum, number) in of_row.iter_mut().zip(row.numbers) {
                    *sum += curvature * row.numbers[i] * number;
                }
            }
        }
        inverse = invert(hessian)?;
        for (coefficient, row) in coefficients.iter_mut().zip(&inverse) {
            *coefficient += dot(row, &gradient);
        }
    }
    coefficients.iter().all(|c| c.is_finite()).then_some((coefficients, inverse))
}

pub(super) fn dot<const K: usize>(a: &[f64; K], b: &[f64; K]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Inverts a symmetric positive matrix by Gauss–Jordan elimination.
fn invert<const K: usize>(mut matrix: [[f64; K]; K]) -> Option<[[f64; K]; K]> {
    let mut inverse: [[f64; K]; K] =
        std::array::from_fn(|i| std::array::from_fn(|j| f64::from(u8::from(i == j))));
    for k in 0..K {
        let pivot = matrix[k][k];
        if !(pivot > 0.0 && pivot.is_finite()) {
            return None;
        }
        for j in 0..K {
            matrix[k][j] /= pivot;
            inverse[k][j] /= pivot;
        }
        for i in (0..K).filter(|&i| i != k) {
            let factor = matrix[i][k];
            for j in 0..K {
                matrix[i][j] -= factor * matrix[k][j];
                inverse[i][j] -= factor * inverse[k][j];
            }
        }
    }
    Some(inverse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_undoes_the_matrix() {
        let matrix = [[4.0, 1.0, 0.5], [1.0, 3.0, -0.2], [0.5, -0.2, 2.0]];
        let inverse = invert(matrix).unwrap();
        // The inverse is symmetric, so that its rows are its columns.
        for (i, row) in matrix.iter().enumerate() {
            for (j, column) in inverse.iter().enumerate() {
                let expected = f64::from(u8::from(i == j));
                assert!((dot(row, column) - expected).abs() < 1e-12);
            }
        }
        assert_eq!(invert([[0.0]]), None);
    }

    #[test]
    fn coefficients_are_those_of_two_groups() {
        // 3 of 4 engage where x = 1, and 1 of 4, of twice the weight, where x = 0.
        let row = |x: f64, engaged, weight| Row { numbers: [1.0, x], offset: 0.5, engaged, weight };
        let list = || {
            (0..8).map(|i| {
                let x = f64::from(i / 4);
                row(x, if x > 0.0 { i % 4 < 3 } else { i % 4 < 1 }, 2.0 - x)
            })
        };
        let ([a, b], inverse) = fit(Poll::NEVER, list(), [0.0; 2]).unwrap();
        assert!((a + 0.5 - (1.0_f64 / 3.0).ln()).abs() < 1e-9, "{a}");
        assert!((a + b + 0.5 - 3.0_f64.ln()).abs() < 1e-9, "{b}");
        // The variance of a group's logit is 1/(n·h·(1 − h)).
        assert!((inverse[0][0] - 1.0 / (8.0 * 0.1875)).abs() < 1e-6);
    }
}
