//! The objective of an uplift network: the log loss of engagement, whose logit is
//! η = z0 + (a − ē)·z1 for exposure a.

use crate::{
    probability::EPSILON,
    training::{
        engine::{self, Logistic, Tally, for_each_logistic},
        rows::{TrainingRow, TrainingRows},
    },
    word::RowIndex,
};

/// Rows whose logits are on the stack at once.
const BLOCK: usize = 64;

/// The log loss of engagement, weighted.
pub(super) struct Objective<'a> {
    pub rows: &'a TrainingRows<'a>,
    /// ē.
    pub exposed_share: f64,
}

impl Objective<'_> {
    /// a − ē.
    fn contrast(&self, row: &TrainingRow) -> f64 {
        f64::from(u8::from(row.exposed)) - self.exposed_share
    }

    /// Calls `each` with every row's position, the row, and its probability to engage.
    fn for_each(
        &self,
        rows: &[RowIndex],
        logits: &[f32],
        mut each: impl FnMut(usize, &TrainingRow, Logistic),
    ) {
        let mut etas = [0.0; BLOCK];
        let blocks = rows.chunks(BLOCK).zip(logits.chunks(2 * BLOCK)).enumerate();
        for (block, (list, logits)) in blocks {
            let etas = &mut etas[..list.len()];
            for ((eta, &row), z) in etas.iter_mut().zip(list).zip(logits.as_chunks::<2>().0) {
                *eta = z[0] + self.contrast(&self.rows.row(row)) as f32 * z[1];
            }
            for_each_logistic(etas, 1, |place, chances| {
                each(block * BLOCK + place, &self.rows.row(list[place]), chances[0]);
            });
        }
    }
}

/// The loss of a row, and its gradient by both logits.
fn loss(chance: Logistic, contrast: f64, engaged: bool) -> (f64, [f64; 2]) {
    let y = f64::from(u8::from(engaged));
    let slope = chance.f - y;
    (-y * chance.log_f - (1.0 - y) * chance.log_not_f, [slope, contrast * slope])
}

impl engine::Objective for Objective<'_> {
    fn gradients(&self, _: usize, rows: &[RowIndex], logits: &[f32], out: &mut [f32]) -> Tally {
        let mut tally = Tally::default();
        let gradients = out.as_chunks_mut::<2>().0;
        self.for_each(rows, logits, |place, row, chance| {
            let (loss, slopes) = loss(chance, self.contrast(row), row.engaged());
            gradients[place] = slopes.map(|slope| (row.weight * slope) as f32);
            tally.loss += row.weight * loss;
        });
        tally
    }

    fn validation(&self, rows: &[RowIndex], logits: &[f32]) -> f64 {
        let mut total = 0.0;
        self.for_each(rows, logits, |_, row, chance| {
            let h = chance.f.clamp(EPSILON, 1.0 - EPSILON);
            total -= row.weight * if row.engaged() { h.ln() } else { (1.0 - h).ln() };
        });
        total
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_gradient_is_that_of_finite_differences(
            z in prop::array::uniform2(-6.0..6.0), e in 0.02..0.98, exposed: bool, engaged: bool
        ) {
            const STEP: f64 = 1e-5;
            let contrast = f64::from(u8::from(exposed)) - e;
            let of = |z: [f64; 2]| loss(Logistic::of(z[0] + contrast * z[1]), contrast, engaged);
            for k in 0..2 {
                let moved = |by: f64| { let mut z = z; z[k] += by; of(z).0 };
                let expected = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
                prop_assert!((of(z).1[k] - expected).abs() < 1e-6);
            }
        }
    }
}
