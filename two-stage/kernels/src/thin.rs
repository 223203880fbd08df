//! Products with a thin matrix, such as the few logits of a network: too narrow for a blocked
//! product, so each row is taken once, along its long side.

/// The widest matrix that counts as thin.
pub const THIN: usize = 4;

/// Row-major `out` (rows × M) += `x` (rows × n) · `w` (n × M).
///
/// # Panics
/// When the shapes do not agree, or `outputs` is not from 1 to `THIN`.
pub fn add_thin_product(
    x: &[f32],
    w: &[f32],
    out: &mut [f32],
    outputs: usize,
    scratch: &mut Scratch,
) {
    let n = w.len() / outputs;
    assert_eq!(x.len() * outputs, out.len() * n, "rows");
    let padded = scratch.pad(w, outputs);
    match outputs {
        1 => rows_by_columns::<1>(x, n, padded, out),
        2 => rows_by_columns::<2>(x, n, padded, out),
        3 => rows_by_columns::<3>(x, n, padded, out),
        4 => rows_by_columns::<4>(x, n, padded, out),
        _ => panic!("{outputs} columns are not thin"),
    }
}

/// Row-major `out` (n × M) = `x`ᵀ · `d`, where `x` is rows × n and `d` rows × M.
///
/// # Panics
/// When the shapes do not agree, or `outputs` is not from 1 to `THIN`.
pub fn thin_weight_gradient(x: &[f32], d: &[f32], out: &mut [f32], outputs: usize) {
    let n = out.len() / outputs;
    assert_eq!(x.len() * outputs, d.len() * n, "rows");
    match outputs {
        1 => gradient::<1>(x, n, d, out),
        2 => gradient::<2>(x, n, d, out),
        3 => gradient::<3>(x, n, d, out),
        4 => gradient::<4>(x, n, d, out),
        _ => panic!("{outputs} columns are not thin"),
    }
}

/// Row-major `out` (rows × n) = `d` (rows × M) · `w`ᵀ (M × n).
///
/// # Panics
/// When the shapes do not agree, or `outputs` is not from 1 to `THIN`.
pub fn thin_backward(d: &[f32], w: &[f32], out: &mut [f32], outputs: usize, scratch: &mut Scratch) {
    let n = w.len() / outputs;
    assert_eq!(d.len() * n, out.len() * outputs, "rows");
    let turned = scratch.turn(w, outputs);
    match outputs {
        1 => outer::<1>(d, n, turned, out),
        2 => outer::<2>(d, n, turned, out),
        3 => outer::<3>(d, n, turned, out),
        4 => outer::<4>(d, n, turned, out),
        _ => panic!("{outputs} columns are not thin"),
    }
}

/// Room for thin weights in the order that a product reads them in.
#[derive(Default)]
pub struct Scratch {
    padded: Vec<[f32; THIN]>,
    turned: Vec<f32>,
}

impl Scratch {
    /// Each row of `w` (n × outputs), filled up with zeros.
    fn pad(&mut self, w: &[f32], outputs: usize) -> &[[f32; THIN]] {
        self.padded.clear();
        self.padded.extend(w.chunks_exact(outputs).map(|row| {
            let mut padded = [0.0; THIN];
            padded[..outputs].copy_from_slice(row);
            padded
        }));
        &self.padded
    }

    /// `w` (n × outputs) as outputs × n.
    fn turn(&mut self, w: &[f32], outputs: usize) -> &[f32] {
        self.turned.clear();
        for column in 0..outputs {
            self.turned.extend(w.iter().skip(column).step_by(outputs));
        }
        &self.turned
    }
}

/// Rows whose sums are kept in registers at once.
const AT_ONCE: usize = 8;

fn rows_by_columns<const M: usize>(x: &[f32], n: usize, padded: &[[f32; THIN]], out: &mut [f32]) {
    if n == 0 {
        return;
    }
    for_this_cpu!([const M] |x: &'a [f32], n: usize, padded: &'a [[f32; THIN]], out: &'a mut [f32]| {
        let blocks = x.chunks_exact(AT_ONCE * n);
        let rest = blocks.remainder();
        let (whole, out_rest) = out.split_at_mut(blocks.len() * AT_ONCE * M);
        for (block, out) in blocks.zip(whole.chunks_exact_mut(AT_ONCE * M)) {
            let rows: [&[f32]; AT_ONCE] = std::array::from_fn(|row| &block[row * n..][..n]);
            let mut sums = [[0.0_f32; THIN]; AT_ONCE];
            for (k, weights) in padded.iter().enumerate() {
                for (sums, row) in sums.iter_mut().zip(rows) {
                    for (sum, weight) in sums.iter_mut().zip(weights) {
                        *sum += row[k] * weight;
                    }
                }
            }
            for (out, sums) in out.chunks_exact_mut(M).zip(&sums) {
                add(out, sums);
            }
        }
        for (row, out) in rest.chunks_exact(n).zip(out_rest.chunks_exact_mut(M)) {
            let mut sums = [0.0_f32; THIN];
            for (x, weights) in row.iter().zip(padded) {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += x * weight;
                }
            }
            add(out, &sums);
        }
    });
}

#[inline(always)]
fn add(out: &mut [f32], sums: &[f32]) {
    for (out, sum) in out.iter_mut().zip(sums) {
        *out += sum;
    }
}

/// Columns whose sums are kept in registers at once.
const WIDE: usize = 16;

fn gradient<const M: usize>(x: &[f32], n: usize, d: &[f32], out: &mut [f32]) {
    if n == 0 {
        return;
    }
    for_this_cpu!([const M] |x: &'a [f32], n: usize, d: &'a [f32], out: &'a mut [f32]| {
        let narrow = n - n % WIDE;
        for start in (0..narrow).step_by(WIDE) {
            let mut sums = [[0.0_f32; WIDE]; M];
            for (row, d) in x.chunks_exact(n).zip(d.as_chunks::<M>().0) {
                let Some(row) = row[start..].first_chunk::<WIDE>() else { continue };
                for (sums, factor) in sums.iter_mut().zip(d) {
                    for (sum, x) in sums.iter_mut().zip(row) {
                        *sum += factor * x;
                    }
                }
            }
            for (column, out) in out[start * M..].chunks_exact_mut(M).take(WIDE).enumerate() {
                for (out, sums) in out.iter_mut().zip(&sums) {
                    *out = sums[column];
                }
            }
        }
        for (column, out) in (narrow..n).zip(out[narrow * M..].chunks_exact_mut(M)) {
            let mut sums = [0.0_f32; M];
            for (x, d) in x[column..].iter().step_by(n).zip(d.as_chunks::<M>().0) {
                for (sum, factor) in sums.iter_mut().zip(d) {
                    *sum += factor * x;
                }
            }
            out.copy_from_slice(&sums);
        }
    });
}

fn outer<const M: usize>(d: &[f32], n: usize, turned: &[f32], out: &mut [f32]) {
    if n == 0 {
        return;
    }
    for_this_cpu!([const M] |d: &'a [f32], n: usize, turned: &'a [f32], out: &'a mut [f32]| {
        let columns: [&[f32]; M] = std::array::from_fn(|m| &turned[m * n..][..n]);
        for (d, out) in d.as_chunks::<M>().0.iter().zip(out.chunks_exact_mut(n)) {
            for (j, out) in out.iter_mut().enumerate() {
                let mut sum = d[0] * columns[0][j];
                for m in 1..M {
                    sum += d[m] * columns[m][j];
                }
                *out = sum;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Destination, Matrix, matrix_product};

    fn numbers(count: usize, step: usize) -> Vec<f32> {
        (0..count).map(|i| (i * step % 17) as f32 - 8.0).collect()
    }

    #[test]
    fn thin_products_agree_with_the_blocked_ones() {
        let mut scratch = Scratch::default();
        for (rows, n, outputs) in [(1, 1, 1), (19, 32, 3), (6, 13, 2), (8, 23, 4), (3, 0, 3)] {
            let (x, w) = (numbers(rows * n, 5), numbers(n * outputs, 7));
            let d = numbers(rows * outputs, 3);
            let (mut thin, mut blocked) = (d.clone(), d.clone());
            let weights = Matrix::new(&w, n, outputs);
            add_thin_product(&x, &w, &mut thin, outputs, &mut scratch);
            matrix_product(Matrix::new(&x, rows, n), weights, &mut blocked, Destination::Add);
            assert_eq!(thin, blocked);

            let (mut thin, mut blocked) = (vec![1.0; n * outputs], vec![1.0; n * outputs]);
            thin_weight_gradient(&x, &d, &mut thin, outputs);
            let upstream = Matrix::new(&d, rows, outputs);
            let inputs = Matrix::new(&x, rows, n).transposed();
            matrix_product(inputs, upstream, &mut blocked, Destination::Replace);
            assert_eq!(thin, blocked);

            let (mut thin, mut blocked) = (vec![1.0; rows * n], vec![1.0; rows * n]);
            thin_backward(&d, &w, &mut thin, outputs, &mut scratch);
            matrix_product(upstream, weights.transposed(), &mut blocked, Destination::Replace);
            assert_eq!(thin, blocked);
        }
    }
}
