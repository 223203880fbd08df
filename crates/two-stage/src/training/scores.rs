//! The scores that some networks give rows.

use kernels::Aligned;

use super::{engine::predict, observer::Step, rows::TrainingRows, run::Run};
use crate::{
    model::{Networks, Score, ScoringNetworks},
    probability::softmax,
    word::RowIndex,
};

/// Rows that are scored between two polls.
const BLOCK: usize = 1024;

/// Calls `each` with every row of a list and its score by one network, or by one with uplift networks.
pub(super) fn score(
    rows: &TrainingRows,
    run: &mut Run,
    step: Step,
    of: Networks,
    list: &[RowIndex],
    mut each: impl FnMut(RowIndex, Score),
) {
    if let (None, [network]) = (of.uplift, of.segmentation) {
        return predict(rows, run, step, network, list, |row, logits| {
            let p = softmax([logits[0], logits[1], logits[2]].map(f64::from));
            each(row, of.intent.apply(p.into()));
        });
    }
    let mut networks = ScoringNetworks::new(of);
    let count = rows.encoder.inputs();
    let mut inputs = Aligned::zeros(count);
    for block in list.chunks(BLOCK) {
        run.enter(step);
        for &row in block {
            rows.encode(&[row], &mut inputs.numbers_mut()[..count]);
            each(row, networks.score(&inputs));
        }
    }
}
