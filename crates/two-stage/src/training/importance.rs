//! How much each feature moves the intent: the mean absolute contribution over training rows.
//!
//! Permuting a feature would ask how much worse the model then is, which takes the true labels, and
//! those are what is missing. Contributions take none.

use super::{Run, committee::Committee, plan::evenly, rows::TrainingRows};
use crate::{
    explanation::{IntentLogit, by_column},
    model::Intent,
};

const NAME: &str = "importance";
/// Engaged rows that are explained at most, evenly chosen, and points of each one's line: single
/// contributions need more points, their mean does not.
const MOST_ROWS: usize = 256;
const STEPS: usize = 16;

/// Each column's share; all 0 where the intent is the same for everybody.
pub(super) fn estimate(rows: &TrainingRows, run: &mut Run, committee: &Committee) -> Vec<f64> {
    let mut sums = vec![0.0; rows.sample.columns().unwrap_or_default().len()];
    if matches!(committee.intent, Intent::Constant(_)) {
        return sums;
    }
    let logit = IntentLogit { segmentation: &committee.segmentation, intent: committee.intent };
    let mut inputs = vec![0.0; rows.encoder.inputs()];
    let engaged = rows.select(|row| rows.segment(row).engaged());
    for row in evenly(&engaged, MOST_ROWS) {
        rows.encode(&[row], &mut inputs);
        let contributions = logit.integrate(&inputs, STEPS, &mut || run.poll(NAME));
        let weight = rows.weight(row as usize);
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
