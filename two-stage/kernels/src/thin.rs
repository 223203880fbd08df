//! Products with a thin matrix, such as the few logits of a network: too narrow for a blocked
//! product, so each row is taken once, along its long side.

/// The widest matrix that counts as thin.
pub const THIN: usize = 4;
const LANES: usize = 8;

/// Row-major `out` (rows × M) += `x` (rows × n) · `w` (n × M).
///
/// # Panics
/// When the shapes do not agree, or `outputs` is not from 1 to `THIN`.
pub fn add_thin_product(
    x: &[f32],
    w: &[f32],
    out: &mut [f32],
    outputs: usize,
    turned: &mut Vec<f32>,
) {
    let n = w.len() / outputs;
    assert_eq!(x.len() * outputs, out.len() * n, "rows");
    turn(w, outputs, turned);
    match outputs {
        1 => rows_by_columns::<1>(x, n, turned, out),
        2 => rows_by_columns::<2>(x, n, turned, out),
        3 => rows_by_columns::<3>(x, n, turned, out),
        4 => rows_by_columns::<4>(x, n, turned, out),
        _ => panic!("{outputs} columns are not thin"),
    }
}

/// Row-major `out` (n × M) = `x`ᵀ · `d`, where `x` is rows × n and `d` rows × M.
///
/// # Panics
/// When the shapes do not agree, or `outputs` is not from 1 to `THIN`.
pub fn thin_weight_gradient(
    x: &[f32],
    d: &[f32],
    out: &mut [f32],
    outputs: usize,
    turned: &mut Vec<f32>,
) {
    let n = out.len() / outputs;
    assert_eq!(x.len() * outputs, d.len() * n, "rows");
    turned.clear();
    turned.resize(out.len(), 0.0);
    match outputs {
        1 => gradient::<1>(x, n, d, turned),
        2 => gradient::<2>(x, n, d, turned),
        3 => gradient::<3>(x, n, d, turned),
        4 => gradient::<4>(x, n, d, turned),
        _ => panic!("{outputs} columns are not thin"),
    }
    for (row, out) in out.chunks_exact_mut(outputs).enumerate() {
        for (column, value) in out.iter_mut().enumerate() {
            *value = turned[column * n + row];
        }
    }
}

/// Row-major `out` (rows × n) = `d` (rows × M) · `w`ᵀ (M × n).
///
/// # Panics
/// When the shapes do not agree, or `outputs` is not from 1 to `THIN`.
pub fn thin_backward(d: &[f32], w: &[f32], out: &mut [f32], outputs: usize, turned: &mut Vec<f32>) {
    let n = w.len() / outputs;
    assert_eq!(d.len() * n, out.len() * outputs, "rows");
    turn(w, outputs, turned);
    match outputs {
        1 => outer::<1>(d, n, turned, out),
        2 => outer::<2>(d, n, turned, out),
        3 => outer::<3>(d, n, turned, out),
        4 => outer::<4>(d, n, turned, out),
        _ => panic!("{outputs} columns are not thin"),
    }
}

/// `w` (n × outputs) as outputs × n.
fn turn(w: &[f32], outputs: usize, turned: &mut Vec<f32>) {
    turned.clear();
    for column in 0..outputs {
        turned.extend(w.iter().skip(column).step_by(outputs));
    }
}

fn rows_by_columns<const M: usize>(x: &[f32], n: usize, turned: &[f32], out: &mut [f32]) {
    if n == 0 {
        return;
    }
    for_this_cpu!([const M] |x: &'a [f32], n: usize, turned: &'a [f32], out: &'a mut [f32]| {
        let columns: [&[f32]; M] = std::array::from_fn(|m| &turned[m * n..(m + 1) * n]);
        for (row, out) in x.chunks_exact(n).zip(out.chunks_exact_mut(M)) {
            let (chunks, rest) = row.as_chunks::<LANES>();
            let mut sums = [[0.0_f32; LANES]; M];
            for (c, chunk) in chunks.iter().enumerate() {
                for (sums, column) in sums.iter_mut().zip(columns) {
                    let weights = &column[c * LANES..(c + 1) * LANES];
                    for lane in 0..LANES {
                        sums[lane] += chunk[lane] * weights[lane];
                    }
                }
            }
            for ((out, sums), column) in out.iter_mut().zip(&sums).zip(columns) {
                let tail = rest.iter().zip(&column[chunks.len() * LANES..]);
                let tail: f32 = tail.map(|(x, w)| x * w).sum();
                let pairs = [
                    sums[0] + sums[4],
                    sums[1] + sums[5],
                    sums[2] + sums[6],
                    sums[3] + sums[7],
                ];
                *out += (pairs[0] + pairs[2]) + (pairs[1] + pairs[3]) + tail;
            }
        }
    });
}

/// Rows that are added to a sum at once: it is read and written once for all of them.
const AT_ONCE: usize = 4;

fn gradient<const M: usize>(x: &[f32], n: usize, d: &[f32], turned: &mut [f32]) {
    if n == 0 {
        return;
    }
    for_this_cpu!([const M] |x: &'a [f32], n: usize, d: &'a [f32], turned: &'a mut [f32]| {
        let blocks = x.chunks_exact(AT_ONCE * n);
        let (rest, rest_start) = (blocks.remainder(), blocks.len() * AT_ONCE);
        for (block, d) in blocks.zip(d.chunks_exact(AT_ONCE * M)) {
            let (a, block) = block.split_at(n);
            let (b, block) = block.split_at(n);
            let (c, e) = block.split_at(n);
            for (m, sums) in turned.chunks_exact_mut(n).enumerate() {
                let f: [f32; AT_ONCE] = std::array::from_fn(|row| d[row * M + m]);
                for (j, sum) in sums.iter_mut().enumerate() {
                    *sum += (f[0] * a[j] + f[1] * b[j]) + (f[2] * c[j] + f[3] * e[j]);
                }
            }
        }
        for (row, d) in rest.chunks_exact(n).zip(d[rest_start * M..].chunks_exact(M)) {
            for (sums, &factor) in turned.chunks_exact_mut(n).zip(d) {
                for (sum, &x) in sums.iter_mut().zip(row) {
                    *sum += factor * x;
                }
            }
        }
    });
}

fn outer<const M: usize>(d: &[f32], n: usize, turned: &[f32], out: &mut [f32]) {
    if n == 0 {
        return;
    }
    for_this_cpu!([const M] |d: &'a [f32], n: usize, turned: &'a [f32], out: &'a mut [f32]| {
        for (d, out) in d.chunks_exact(M).zip(out.chunks_exact_mut(n)) {
            let (first, rest) = turned.split_at(n);
            for (out, &w) in out.iter_mut().zip(first) {
                *out = d[0] * w;
            }
            for (column, &factor) in rest.chunks_exact(n).zip(&d[1..]) {
                for (out, &w) in out.iter_mut().zip(column) {
                    *out += factor * w;
                }
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
        let mut turned = Vec::new();
        for (rows, n, outputs) in [(1, 1, 1), (9, 32, 3), (6, 13, 2), (4, 7, 4), (3, 0, 3)] {
            let (x, w) = (numbers(rows * n, 5), numbers(n * outputs, 7));
            let d = numbers(rows * outputs, 3);
            let (mut thin, mut blocked) = (d.clone(), d.clone());
            let weights = Matrix::new(&w, n, outputs);
            add_thin_product(&x, &w, &mut thin, outputs, &mut turned);
            matrix_product(Matrix::new(&x, rows, n), weights, &mut blocked, Destination::Add);
            assert_eq!(thin, blocked);

            let (mut thin, mut blocked) = (vec![1.0; n * outputs], vec![1.0; n * outputs]);
            thin_weight_gradient(&x, &d, &mut thin, outputs, &mut turned);
            let upstream = Matrix::new(&d, rows, outputs);
            let inputs = Matrix::new(&x, rows, n).transposed();
            matrix_product(inputs, upstream, &mut blocked, Destination::Replace);
            assert_eq!(thin, blocked);

            let (mut thin, mut blocked) = (vec![1.0; rows * n], vec![1.0; rows * n]);
            thin_backward(&d, &w, &mut thin, outputs, &mut turned);
            matrix_product(upstream, weights.transposed(), &mut blocked, Destination::Replace);
            assert_eq!(thin, blocked);
        }
    }
}
