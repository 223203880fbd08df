//! The importance of each feature for the intent, or for the signed uplift: its mean absolute contribution over training rows.
//!
//! The permutation importance would ask how much worse the model gets, which takes the true labels,
//! and those are missing. Contributions take none.

use crate::{
    explanation::{Explained, by_column},
    model::Intent,
    training::{
        committee::Committee, engine::evenly, observer::Step, rows::TrainingRows, run::Run,
    },
};

/// Engaged rows that are explained at most, evenly chosen.
const MAX_ROWS: usize = 256;
/// Points of the line of each row: a single contribution needs more of them, a mean does not.
const POINTS: usize = 16;

/// Each column's share; all 0 where the intent is the same for everybody.
pub(in crate::training) fn estimate(
    rows: &TrainingRows,
    run: &mut Run,
    committee: &Committee,
) -> Vec<f64> {
    let mut sums = vec![0.0; rows.sample.features().len()];
    if matches!(committee.scoring.intent, Intent::Constant(_)) {
        return sums;
    }
    let explained = Explained(committee.scoring.networks());
    let mut inputs = vec![0.0; rows.encoder.inputs()];
    let engaged = rows.select(|row| row.engaged());
    for row in evenly(&engaged, MAX_ROWS) {
        run.enter(Step::Importance);
        rows.encode(&[row], &mut inputs);
        let contributions = explained.integrate(&inputs, POINTS, rows.poll());
        let weight = rows.row(row).weight;
        for (sum, value) in sums.iter_mut().zip(by_column(&rows.encoder, &contributions)) {
            *sum += weight * value.abs();
        }
    }
    let total: f64 = sums.iter().sum();
    if total > 0.0 {
        sums.iter_mut().for_each(|sum| *sum /= total);
    }
    sums
}
