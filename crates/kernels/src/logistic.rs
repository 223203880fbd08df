//! Softmax and the logistic function over blocks of rows, to a few units in the last place.

use crate::elementwise::log_1p;

/// The number of rows that `softmax` processes together.
const LANES: usize = 16;

/// Computes e^x for x ≤ 0 as 2^k·e^r with |r| ≤ ln 2 / 2.
///
/// The polynomial is that of Cephes' `expf`. There is no branch, so that loops over it vectorise.
#[inline(always)]
fn exp_of_negative(x: f32) -> f32 {
    /// 1.5·2²³: adding and subtracting it rounds to the nearest integer.
    const ROUND: f32 = 12_582_912.0;
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    const C: [f32; 6] =
        [0.5, 0.166_666_65, 0.041_665_796, 0.008_333_452, 0.001_398_199_9, 0.000_198_756_91];
    // Not `max`, which would turn NaN into the bound.
    let x = if x < -87.0 { -87.0 } else { x };
    let rounded = x * std::f32::consts::LOG2_E + ROUND;
    let k = rounded - ROUND;
    let r = (x - k * LN2_HIGH) - k * LN2_LOW;
    let tail = C[0] + r * (C[1] + r * (C[2] + r * (C[3] + r * (C[4] + r * C[5]))));
    // The low bits of `rounded` hold k, and k + 127 is the biased exponent of 2^k.
    let power = f32::from_bits(rounded.to_bits().wrapping_add(127) << 23);
    (r * r * tail + r + 1.0) * power
}

/// Computes the softmax of row-major `logits` (rows × 3) and the logarithm of each row's Σe^z.
///
/// `probabilities` is rows × 3, and `log_totals` has one number per row.
///
/// # Panics
/// Panics if the lengths do not agree.
pub fn softmax(logits: &[f32], probabilities: &mut [f32], log_totals: &mut [f32]) {
    assert_eq!([logits.len(), probabilities.len()], [3 * log_totals.len(); 2], "rows");
    for_this_cpu!(|logits: &'a [f32], probabilities: &'a mut [f32], log_totals: &'a mut [f32]| {
        let blocks = logits.chunks(3 * LANES).zip(probabilities.chunks_mut(3 * LANES));
        for ((z, p), log_totals) in blocks.zip(log_totals.chunks_mut(LANES)) {
            let mut each = [[0.0_f32; LANES]; 3];
            for (row, z) in z.chunks_exact(3).enumerate() {
                for (each, z) in each.iter_mut().zip(z) {
                    each[row] = *z;
                }
            }
            let mut log_total = [0.0_f32; LANES];
            for row in 0..LANES {
                let z = [each[0][row], each[1][row], each[2][row]];
                let largest = z[0].max(z[1]).max(z[2]);
                let e = z.map(|z| exp_of_negative(z - largest));
                let total = e[0] + e[1] + e[2];
                for (each, e) in each.iter_mut().zip(e) {
                    each[row] = e / total;
                }
                log_total[row] = largest + log_1p(total - 1.0);
            }
            log_totals.copy_from_slice(&log_total[..log_totals.len()]);
            for (row, p) in p.chunks_exact_mut(3).enumerate() {
                for (p, each) in p.iter_mut().zip(&each) {
                    *p = each[row];
                }
            }
        }
    });
}

/// Computes the softmax of one row; the result is normalised in f64, so that it adds up to 1.
pub fn softmax_of_row(logits: [f32; 3]) -> [f64; 3] {
    let [a, b, c] = logits;
    let largest = a.max(b).max(c);
    // Four lanes fill a vector of any CPU.
    let mut e = [a - largest, b - largest, c - largest, 0.0];
    for e in &mut e {
        *e = exp_of_negative(*e);
    }
    let [a, b, c, _] = e;
    let [a, b, c] = [f64::from(a), f64::from(b), f64::from(c)];
    let inverse = 1.0 / (a + b + c);
    [a * inverse, b * inverse, c * inverse]
}

/// Computes σ(z) and log(1 + e^−|z|) of each logit z; the latter gives both log σ(z) and log σ(−z).
///
/// # Panics
/// Panics if the lengths do not agree.
pub fn logistic(logits: &[f32], probabilities: &mut [f32], log_terms: &mut [f32]) {
    assert_eq!([probabilities.len(), log_terms.len()], [logits.len(); 2], "rows");
    for_this_cpu!(|logits: &'a [f32], probabilities: &'a mut [f32], log_terms: &'a mut [f32]| {
        for ((&z, probability), log_term) in logits.iter().zip(probabilities).zip(log_terms) {
            let u = exp_of_negative(-z.abs());
            let larger = 1.0 / (1.0 + u);
            *probability = if z < 0.0 { u * larger } else { larger };
            *log_term = log_1p(u);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f32, exact: f64) -> bool {
        (f64::from(found) - exact).abs() <= 4e-7 * exact.abs().max(1e-30)
    }

    #[test]
    fn the_softmax_agrees_with_its_definition() {
        for count in [1, 15, 16, 17, 40] {
            let logits: Vec<f32> =
                (0..3 * count).map(|i| (i * 37 % 101) as f32 / 5.0 - 10.0).collect();
            let (mut p, mut log_totals) = (vec![0.0; 3 * count], vec![0.0; count]);
            softmax(&logits, &mut p, &mut log_totals);
            for ((z, p), log_total) in logits.chunks(3).zip(p.chunks(3)).zip(&log_totals) {
                let total: f64 = z.iter().map(|&z| f64::from(z).exp()).sum();
                assert!((f64::from(*log_total) - total.ln()).abs() < 2e-6);
                let of_row = softmax_of_row([z[0], z[1], z[2]]);
                assert!((of_row.iter().sum::<f64>() - 1.0).abs() < 1e-15);
                for ((&z, &p), of_row) in z.iter().zip(p).zip(of_row) {
                    let exact = f64::from(z).exp() / total;
                    assert!((f64::from(p) - exact).abs() <= 1e-6 * exact, "{p} {exact}");
                    assert!((of_row - exact).abs() <= 1e-6 * exact, "{of_row} {exact}");
                }
            }
        }
    }

    #[test]
    fn the_logistic_function_agrees_with_its_definition() {
        let logits: Vec<f32> = (-800..=800).map(|i| i as f32 / 10.0).collect();
        let (mut f, mut rest) = (vec![0.0; logits.len()], vec![0.0; logits.len()]);
        logistic(&logits, &mut f, &mut rest);
        for ((&z, f), rest) in logits.iter().zip(f).zip(rest) {
            let z = f64::from(z);
            assert!(close(f, 1.0 / (1.0 + (-z).exp())), "{z} {f}");
            assert!(close(rest, (-z.abs()).exp().ln_1p()), "{z} {rest}");
        }
    }

    #[test]
    fn nan_is_not_hidden() {
        let (mut p, mut total) = ([0.0; 3], [0.0]);
        softmax(&[f32::NAN, 0.0, 0.0], &mut p, &mut total);
        assert!(p[0].is_nan());
        assert!(softmax_of_row([0.0, f32::NAN, 0.0])[1].is_nan());
        assert!(softmax_of_row([0.0, f32::INFINITY, 0.0])[1].is_nan());
        let (mut f, mut rest) = ([0.0], [0.0]);
        logistic(&[f32::NAN], &mut f, &mut rest);
        assert!(f[0].is_nan() || rest[0].is_nan());
        let (mut p, mut total) = ([0.0; 3], [0.0]);
        softmax(&[800.0, -800.0, 0.0], &mut p, &mut total);
        assert!(p.iter().chain(&total).all(|number| number.is_finite()), "{p:?}");
    }
}
