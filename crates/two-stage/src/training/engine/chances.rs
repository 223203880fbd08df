//! Probabilities of a block of rows, from its logits by the kernels.

#[cfg(test)]
use crate::probability::{log_sigmoid, log_softmax, sigmoid};

/// The probability f = σ(z), with its logarithms.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::training) struct Logistic {
    pub f: f64,
    pub log_f: f64,
    pub log_not_f: f64,
}

/// The probabilities of the three segments, p = softmax(z), with their logarithms.
#[derive(Debug, Clone, Copy)]
pub(in crate::training) struct Softmax {
    pub p: [f64; 3],
    pub log_p: [f64; 3],
}

/// Rows whose probabilities are on the stack at once.
const BLOCK: usize = 64;

/// Calls `each` with every row's position and the probabilities of its one or two logits.
pub(in crate::training) fn for_each_logistic(
    logits: &[f32],
    outputs: usize,
    mut each: impl FnMut(usize, &[Logistic]),
) {
    let (mut f, mut log_rests) = ([0.0; 2 * BLOCK], [0.0; 2 * BLOCK]);
    let mut chances = [Logistic::default(); 2];
    for (block, logits) in logits.chunks(outputs * BLOCK).enumerate() {
        let (f, log_rests) = (&mut f[..logits.len()], &mut log_rests[..logits.len()]);
        kernels::logistic(logits, f, log_rests);
        for row in 0..logits.len() / outputs {
            for (output, chance) in chances[..outputs].iter_mut().enumerate() {
                let place = row * outputs + output;
                let (z, log_rest) = (f64::from(logits[place]), f64::from(log_rests[place]));
                *chance = Logistic {
                    f: f64::from(f[place]),
                    log_f: z.min(0.0) - log_rest,
                    log_not_f: -z.max(0.0) - log_rest,
                };
            }
            each(block * BLOCK + row, &chances[..outputs]);
        }
    }
}

/// Calls `each` with every row's position and the probabilities of its three logits.
pub(in crate::training) fn for_each_softmax(logits: &[f32], mut each: impl FnMut(usize, Softmax)) {
    let (mut p, mut log_totals) = ([0.0; 3 * BLOCK], [0.0; BLOCK]);
    for (block, logits) in logits.chunks(3 * BLOCK).enumerate() {
        let (p, log_totals) = (&mut p[..logits.len()], &mut log_totals[..logits.len() / 3]);
        kernels::softmax(logits, p, log_totals);
        let rows = logits.as_chunks::<3>().0.iter().zip(p.as_chunks::<3>().0);
        for (row, ((z, p), log_total)) in rows.zip(log_totals).enumerate() {
            let log_p = z.map(|z| f64::from(z) - f64::from(*log_total));
            each(block * BLOCK + row, Softmax { p: p.map(f64::from), log_p });
        }
    }
}

/// The definitions, in f64.
#[cfg(test)]
impl Logistic {
    pub fn of(z: f64) -> Self {
        Self { f: sigmoid(z), log_f: log_sigmoid(z), log_not_f: log_sigmoid(-z) }
    }
}

#[cfg(test)]
impl Softmax {
    pub fn of(z: [f64; 3]) -> Self {
        let log_p = log_softmax(z);
        Self { p: log_p.map(f64::exp), log_p }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_of_a_block_come_with_the_places_of_their_rows() {
        for (rows, outputs) in [(1, 1), (BLOCK, 2), (2 * BLOCK + 3, 1), (BLOCK + 5, 2)] {
            let logits: Vec<f32> = (0..rows * outputs).map(|i| i as f32 / 30.0 - 3.0).collect();
            let mut seen = 0;
            for_each_logistic(&logits, outputs, |row, chances| {
                assert_eq!((row, chances.len()), (seen, outputs));
                for (chance, &z) in chances.iter().zip(&logits[row * outputs..]) {
                    let exact = Logistic::of(f64::from(z));
                    assert!((chance.f - exact.f).abs() < 1e-6);
                    assert!((chance.log_f - exact.log_f).abs() < 1e-6);
                    assert!((chance.log_not_f - exact.log_not_f).abs() < 1e-6);
                }
                seen += 1;
            });
            assert_eq!(seen, rows);
        }
        let logits: Vec<f32> = (0..3 * (BLOCK + 7)).map(|i| (i * 7 % 23) as f32 / 4.0).collect();
        let mut seen = 0;
        for_each_softmax(&logits, |row, chances| {
            assert_eq!(row, seen);
            let z = [0, 1, 2].map(|k| f64::from(logits[3 * row + k]));
            let exact = Softmax::of(z);
            for k in 0..3 {
                assert!((chances.p[k] - exact.p[k]).abs() < 1e-6);
                assert!((chances.log_p[k] - exact.log_p[k]).abs() < 2e-6);
            }
            seen += 1;
        });
        assert_eq!(seen, BLOCK + 7);
    }
}
