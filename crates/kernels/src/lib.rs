//! Dense f32 kernels behind safe, length-checked functions.
//!
//! Sums run in one fixed order on one kind of CPU, so equal inputs give equal bytes.

#[macro_use]
mod dispatch;
mod aligned;
mod elementwise;
mod logistic;
mod prefetch;
mod row;
mod thin;

pub use aligned::Aligned;
pub use elementwise::{
    AdamStep, Scale, add_bias, add_scaled, mask_inactive, signed_logs, sum_columns,
};
pub use logistic::{logistic, softmax, softmax_of_row};
pub use prefetch::prefetch;
pub use row::{Dense, Room, RowNetwork};
pub use thin::{Scratch, THIN, add_thin_product, thin_backward, thin_weight_gradient};

use gemm::{Parallelism, gemm};

/// A row-major matrix, or its transpose, seen in place.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
    data: &'a [f32],
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

impl<'a> Matrix<'a> {
    /// # Panics
    /// When `data` does not hold exactly `rows * cols` numbers.
    pub fn new(data: &'a [f32], rows: usize, cols: usize) -> Self {
        assert_eq!(rows.checked_mul(cols), Some(data.len()), "matrix length");
        Self { data, rows, cols, row_stride: cols, col_stride: 1 }
    }

    pub fn transposed(self) -> Self {
        Self {
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
            ..self
        }
    }
}

/// What a product does with the numbers that its destination holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    Replace,
    Add,
}

/// Row-major `out` = `a`·`b`, or `out` + `a`·`b`.
///
/// # Panics
/// When the shapes do not agree.
pub fn matrix_product(a: Matrix, b: Matrix, out: &mut [f32], destination: Destination) {
    assert_eq!(a.cols, b.rows, "inner dimension");
    assert_eq!(a.rows.checked_mul(b.cols), Some(out.len()), "output length");
    if a.cols == 0 || out.is_empty() {
        if destination == Destination::Replace {
            out.fill(0.0);
        }
        return;
    }
    // SAFETY: `Matrix` covers exactly rows × cols elements of a live slice at its strides,
    // `out` is an exclusive slice of a.rows × b.cols elements, and the shapes were just compared.
    unsafe {
        gemm(
            a.rows,
            b.cols,
            a.cols,
            out.as_mut_ptr(),
            1,
            b.cols as isize,
            destination == Destination::Add,
            a.data.as_ptr(),
            a.col_stride as isize,
            a.row_stride as isize,
            b.data.as_ptr(),
            b.col_stride as isize,
            b.row_stride as isize,
            1.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naive(a: Matrix, b: Matrix) -> Vec<f32> {
        let mut out = vec![0.0; a.rows * b.cols];
        for i in 0..a.rows {
            for j in 0..b.cols {
                out[i * b.cols + j] = (0..a.cols)
                    .map(|k| {
                        a.data[i * a.row_stride + k * a.col_stride]
                            * b.data[k * b.row_stride + j * b.col_stride]
                    })
                    .sum();
            }
        }
        out
    }

    #[test]
    fn products_of_every_orientation_agree_with_the_definition() {
        let a: Vec<f32> = (0..15).map(|i| (i * 7 % 11) as f32 - 5.0).collect();
        let b: Vec<f32> = (0..20).map(|i| (i * 5 % 13) as f32 - 6.0).collect();
        let cases = [
            (Matrix::new(&a, 3, 5), Matrix::new(&b, 5, 4)),
            (Matrix::new(&a, 5, 3).transposed(), Matrix::new(&b, 5, 4)),
            (Matrix::new(&a, 3, 5), Matrix::new(&b, 4, 5).transposed()),
        ];
        for (a, b) in cases {
            let expected = naive(a, b);
            let mut out = vec![1.0; expected.len()];
            matrix_product(a, b, &mut out, Destination::Replace);
            assert_eq!(out, expected);
            matrix_product(a, b, &mut out, Destination::Add);
            assert!(out.iter().zip(&expected).all(|(o, e)| *o == 2.0 * e));
        }
    }

    #[test]
    fn an_empty_inner_dimension_is_a_sum_of_nothing() {
        let mut out = vec![1.0; 6];
        matrix_product(Matrix::new(&[], 2, 0), Matrix::new(&[], 0, 3), &mut out, Destination::Add);
        assert_eq!(out, vec![1.0; 6]);
        matrix_product(
            Matrix::new(&[], 2, 0),
            Matrix::new(&[], 0, 3),
            &mut out,
            Destination::Replace,
        );
        assert_eq!(out, vec![0.0; 6]);
    }
}
