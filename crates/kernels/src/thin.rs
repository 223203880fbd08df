//! Products with a matrix of at most four columns, such as the weights of a network's logits.
//!
//! These are too narrow for a blocked product, so each row is processed once, along its long side.

use pulp::{Arch, Simd, WithSimd};

/// The largest number of columns M of a thin matrix.
pub const THIN: usize = 4;

/// Reusable memory for the transpose of thin weights, and the kind of CPU that products run on.
pub struct ThinScratch {
    arch: Arch,
    transposed: Vec<f32>,
}

impl Default for ThinScratch {
    fn default() -> Self {
        Self { arch: Arch::new(), transposed: Vec::new() }
    }
}

impl ThinScratch {
    /// Adds the product `x` · `w` to `out`; all are row-major.
    ///
    /// `x` is rows × n, `w` is n × `outputs`, and `out` is rows × `outputs`.
    ///
    /// # Panics
    /// Panics if the shapes do not agree or `outputs` is not from 1 to [`THIN`].
    pub fn add_product(&mut self, x: &[f32], w: &[f32], out: &mut [f32], outputs: usize) {
        let arch = self.arch;
        let n = w.len() / outputs;
        assert_eq!(x.len() * outputs, out.len() * n, "rows");
        let columns = self.transpose(w, outputs);
        match outputs {
            1 => arch.dispatch(RowsByColumns::<1> { x, n, columns, out }),
            2 => arch.dispatch(RowsByColumns::<2> { x, n, columns, out }),
            3 => arch.dispatch(RowsByColumns::<3> { x, n, columns, out }),
            4 => arch.dispatch(RowsByColumns::<4> { x, n, columns, out }),
            _ => panic!("{outputs} columns are not thin"),
        }
    }

    /// Computes the gradient of the weights, `x`ᵀ · `d`, into `out`; all are row-major.
    ///
    /// `x` is rows × n, `d` is rows × `outputs`, and `out` is n × `outputs`.
    ///
    /// # Panics
    /// Panics if the shapes do not agree or `outputs` is not from 1 to [`THIN`].
    pub fn weight_gradient(&self, x: &[f32], d: &[f32], out: &mut [f32], outputs: usize) {
        let arch = self.arch;
        let n = out.len() / outputs;
        assert_eq!(x.len() * outputs, d.len() * n, "rows");
        match outputs {
            1 => arch.dispatch(Gradient::<1> { x, n, d, out }),
            2 => arch.dispatch(Gradient::<2> { x, n, d, out }),
            3 => arch.dispatch(Gradient::<3> { x, n, d, out }),
            4 => arch.dispatch(Gradient::<4> { x, n, d, out }),
            _ => panic!("{outputs} columns are not thin"),
        }
    }

    /// Computes the gradient of the inputs, `d` · `w`ᵀ, into `out`; all are row-major.
    ///
    /// `d` is rows × `outputs`, `w` is n × `outputs`, and `out` is rows × n.
    ///
    /// # Panics
    /// Panics if the shapes do not agree or `outputs` is not from 1 to [`THIN`].
    pub fn backward(&mut self, d: &[f32], w: &[f32], out: &mut [f32], outputs: usize) {
        let arch = self.arch;
        let n = w.len() / outputs;
        assert_eq!(d.len() * n, out.len() * outputs, "rows");
        let columns = self.transpose(w, outputs);
        match outputs {
            1 => arch.dispatch(Backward::<1> { d, n, columns, out }),
            2 => arch.dispatch(Backward::<2> { d, n, columns, out }),
            3 => arch.dispatch(Backward::<3> { d, n, columns, out }),
            4 => arch.dispatch(Backward::<4> { d, n, columns, out }),
            _ => panic!("{outputs} columns are not thin"),
        }
    }

    /// Transposes `w` from n × outputs to outputs × n.
    fn transpose(&mut self, w: &[f32], outputs: usize) -> &[f32] {
        self.transposed.clear();
        for column in 0..outputs {
            self.transposed.extend(w.iter().skip(column).step_by(outputs));
        }
        &self.transposed
    }
}

/// Adds `x` (rows × n) · `columns`ᵀ (n × M) to row-major `out` (rows × M).
struct RowsByColumns<'a, const M: usize> {
    x: &'a [f32],
    n: usize,
    /// M columns of n numbers, one after the other.
    columns: &'a [f32],
    out: &'a mut [f32],
}

impl<const M: usize> WithSimd for RowsByColumns<'_, M> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { x, n, columns, out } = self;
        if n == 0 {
            return;
        }
        let columns: [&[f32]; M] = std::array::from_fn(|m| &columns[m * n..][..n]);
        for (row, out) in x.chunks_exact(n).zip(out.as_chunks_mut::<M>().0) {
            for (out, column) in out.iter_mut().zip(columns) {
                *out += dot(simd, row, column);
            }
        }
    }
}

#[inline(always)]
fn dot<S: Simd>(simd: S, a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (S::as_simd_f32s(a), S::as_simd_f32s(b));
    let zero = simd.splat_f32s(0.0);
    let sum = a.iter().zip(b).fold(zero, |sum, (&a, &b)| simd.mul_add_e_f32s(a, b, sum));
    a_rest.iter().zip(b_rest).fold(simd.reduce_sum_f32s(sum), |sum, (a, b)| sum + a * b)
}

/// Computes `x`ᵀ · `d` into row-major `out` (n × M), where `x` is rows × n and `d` is rows × M.
struct Gradient<'a, const M: usize> {
    x: &'a [f32],
    n: usize,
    d: &'a [f32],
    out: &'a mut [f32],
}

impl<const M: usize> WithSimd for Gradient<'_, M> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let mut column = 0;
        while column + 2 * S::F32_LANES <= self.n {
            self.vectors::<S, 2>(simd, column);
            column += 2 * S::F32_LANES;
        }
        while column + S::F32_LANES <= self.n {
            self.vectors::<S, 1>(simd, column);
            column += S::F32_LANES;
        }
        for column in column..self.n {
            self.one(column);
        }
    }
}

impl<const M: usize> Gradient<'_, M> {
    /// Computes `N` vectors of output rows, keeping their sums in registers.
    #[inline(always)]
    fn vectors<S: Simd, const N: usize>(&mut self, simd: S, start: usize) {
        let mut sums = [[simd.splat_f32s(0.0); N]; M];
        for (row, d) in self.x.chunks_exact(self.n).zip(self.d.as_chunks::<M>().0) {
            let columns = S::as_simd_f32s(&row[start..]).0;
            let Some(columns) = columns.first_chunk::<N>() else { continue };
            for (sums, &d) in sums.iter_mut().zip(d) {
                let d = simd.splat_f32s(d);
                for (sum, &x) in sums.iter_mut().zip(columns) {
                    *sum = simd.mul_add_e_f32s(d, x, *sum);
                }
            }
        }
        let columns = &mut self.out[start * M..][..N * S::F32_LANES * M];
        for (m, sums) in sums.iter().enumerate() {
            let sums: &[f32] = pulp::bytemuck::cast_slice(sums);
            for (out, &sum) in columns[m..].iter_mut().step_by(M).zip(sums) {
                *out = sum;
            }
        }
    }

    /// Computes the output row of one column of `x`.
    fn one(&mut self, column: usize) {
        let mut sums = [0.0_f32; M];
        let values = self.x[column..].iter().step_by(self.n);
        for (x, d) in values.zip(self.d.as_chunks::<M>().0) {
            for (sum, d) in sums.iter_mut().zip(d) {
                *sum += d * x;
            }
        }
        self.out[column * M..][..M].copy_from_slice(&sums);
    }
}

/// Computes `d` (rows × M) · `columns` (M × n) into row-major `out` (rows × n).
struct Backward<'a, const M: usize> {
    d: &'a [f32],
    n: usize,
    columns: &'a [f32],
    out: &'a mut [f32],
}

impl<const M: usize> WithSimd for Backward<'_, M> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { d, n, columns, out } = self;
        if n == 0 {
            return;
        }
        let columns: [&[f32]; M] = std::array::from_fn(|m| &columns[m * n..][..n]);
        let vectors = columns.map(|column| S::as_simd_f32s(column).0);
        for (d, out) in d.as_chunks::<M>().0.iter().zip(out.chunks_exact_mut(n)) {
            let factors = d.map(|d| simd.splat_f32s(d));
            let (wide, rest) = S::as_mut_simd_f32s(out);
            for (place, out) in wide.iter_mut().enumerate() {
                let mut sum = simd.mul_f32s(factors[0], vectors[0][place]);
                for m in 1..M {
                    sum = simd.mul_add_e_f32s(factors[m], vectors[m][place], sum);
                }
                *out = sum;
            }
            for (out, j) in rest.iter_mut().zip(wide.len() * S::F32_LANES..) {
                *out = (0..M).map(|m| d[m] * columns[m][j]).sum();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::kinds_of_cpu;
    use crate::matrix::{Destination, Matrix, matrix_product};

    fn numbers(count: usize, step: usize) -> Vec<f32> {
        (0..count).map(|i| (i * step % 17) as f32 - 8.0).collect()
    }

    #[test]
    fn thin_products_agree_with_the_blocked_ones_on_every_kind_of_cpu() {
        for arch in kinds_of_cpu() {
            let mut scratch = ThinScratch { arch, transposed: Vec::new() };
            for outputs in 1..=THIN {
                for (rows, n) in [(1, 1), (19, 32), (6, 13), (8, 23), (5, 48), (3, 71), (3, 0)] {
                    agree(rows, n, outputs, &mut scratch);
                }
            }
        }
    }

    fn agree(rows: usize, n: usize, outputs: usize, scratch: &mut ThinScratch) {
        let (x, w) = (numbers(rows * n, 5), numbers(n * outputs, 7));
        let d = numbers(rows * outputs, 3);
        let (mut thin, mut blocked) = (d.clone(), d.clone());
        let weights = Matrix::new(&w, n, outputs);
        scratch.add_product(&x, &w, &mut thin, outputs);
        matrix_product(Matrix::new(&x, rows, n), weights, &mut blocked, Destination::Add);
        assert_eq!(thin, blocked);

        let (mut thin, mut blocked) = (vec![1.0; n * outputs], vec![1.0; n * outputs]);
        scratch.weight_gradient(&x, &d, &mut thin, outputs);
        let upstream = Matrix::new(&d, rows, outputs);
        let inputs = Matrix::new(&x, rows, n).transposed();
        matrix_product(inputs, upstream, &mut blocked, Destination::Replace);
        assert_eq!(thin, blocked);

        let (mut thin, mut blocked) = (vec![1.0; rows * n], vec![1.0; rows * n]);
        scratch.backward(&d, &w, &mut thin, outputs);
        matrix_product(upstream, weights.transposed(), &mut blocked, Destination::Replace);
        assert_eq!(thin, blocked);
    }
}
