//! Borrowed matrices and their blocked product.

use gemm::{Parallelism, gemm};

/// A borrowed row-major matrix, or the transpose of one.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
    data: &'a [f32],
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

impl<'a> Matrix<'a> {
    /// Borrows `data` as a row-major matrix of `rows` × `cols`.
    ///
    /// # Panics
    /// Panics if `data` does not hold exactly `rows * cols` numbers.
    pub fn new(data: &'a [f32], rows: usize, cols: usize) -> Self {
        assert_eq!(rows.checked_mul(cols), Some(data.len()), "matrix length");
        Self { data, rows, cols, row_stride: cols, col_stride: 1 }
    }

    /// Returns the transpose, `cols` × `rows`, without copying.
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

/// The treatment of the numbers that a product's destination already holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// Overwrites them with the product.
    Replace,
    /// Adds the product to them.
    Add,
}

/// Computes the row-major product `a` · `b` into `out`, or adds it to `out`.
///
/// `a` is m × k, `b` is k × n, and `out` is m × n. With k = 0 the product is all zeros.
///
/// # Panics
/// Panics if the shapes do not agree.
pub fn matrix_product(a: Matrix, b: Matrix, out: &mut [f32], destination: Destination) {
    assert_eq!(a.cols, b.rows, "inner dimension");
    assert_eq!(a.rows.checked_mul(b.cols), Some(out.len()), "output length");
    if a.cols == 0 || out.is_empty() {
        if destination == Destination::Replace {
            out.fill(0.0);
        }
        return;
    }
    // SAFETY: a `Matrix` covers exactly rows × cols elements of a live slice at its strides, `out`
    // is an exclusive slice of a.rows × b.cols elements, and the asserts above compared the shapes.
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
