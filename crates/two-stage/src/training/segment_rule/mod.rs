//! Step: segment rule. Offsets make the segments as large as the stored model's probabilities say.

mod fit;

pub(super) use fit::{Scored, fit};

use kernels::Aligned;

use super::{committee::Committee, engine::evenly, observer::Step, rows::TrainingRows, run::Run};
use crate::{
    model::{Offsets, Rule, ScoringNetworks, SegmentSizes},
    options::SegmentRule,
};

/// Rows that are scored at most, evenly chosen.
const MAX_ROWS: usize = 100_000;

/// Fits the rule to the scores of the used rows.
pub(super) fn estimate(
    rows: &TrainingRows,
    run: &mut Run,
    scored: &[Scored],
) -> (Offsets, SegmentSizes) {
    run.enter(Step::Segmentation);
    let asked = rows.options.segment_rule();
    let (offsets, sizes) = fit(scored, asked, rows.poll());
    if sizes.rule == Rule::MostProbable && asked != SegmentRule::MostProbable {
        run.warn(
            "the scores have too few distinct values to give each segment its expected size: \
             segments are the most probable ones",
        );
    }
    let total: f64 = sizes.given.iter().sum();
    let in_rows = |size: f64| size * rows.len() as f64 / total;
    let (expected, given) = (sizes.expected.map(in_rows), sizes.given.map(in_rows));
    (offsets, SegmentSizes { expected, given, ..sizes })
}

/// Scores the rows one by one, as the stored model scores customers, to the last bit: an offset may
/// lie between the scores of many equal rows.
pub(super) fn score(rows: &TrainingRows, committee: &Committee) -> Vec<Scored> {
    let mut networks = ScoringNetworks::new(committee.scoring.networks());
    let count = rows.encoder.inputs();
    let mut inputs = Aligned::zeros(count);
    let list = evenly(&rows.select(|_| true), MAX_ROWS);
    let copies = rows.poll().each(list.chunk_by(|a, b| a == b));
    copies
        .map(|copies| {
            rows.encode(&copies[..1], &mut inputs.numbers_mut()[..count]);
            let weight = rows.row(copies[0]).weight * copies.len() as f64;
            Scored { score: networks.score(&inputs), weight }
        })
        .collect()
}
