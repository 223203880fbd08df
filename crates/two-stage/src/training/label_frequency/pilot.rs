//! The pilots: binary networks on the campaign labels as observed, which score the rows that they
//! did not see.

use crate::{
    Result,
    training::{
        binary::Binary,
        engine::{Plan, Stream, fit, predict, stream},
        folds::deal,
        observer::Step,
        rows::TrainingRows,
        run::Run,
    },
    word::RowIndex,
};

const FOLDS: u8 = 3;
/// A pilot holds out one of this many parts of its own rows.
const HELD_OUT_PARTS: u8 = 8;

/// The engaged rows in the order of their out-of-fold scores, best first.
pub(super) fn scored(
    rows: &TrainingRows,
    run: &mut Run,
    engaged: &[RowIndex],
) -> Result<Vec<RowIndex>> {
    let mut rng = stream(rows.options.seed(), Stream::PilotFolds);
    let fold = deal(rows, rows.poll().each(engaged.iter().copied()), FOLDS, &mut rng);
    let part = deal(rows, rows.poll().each(engaged.iter().copied()), HELD_OUT_PARTS, &mut rng);
    let mut scored: Vec<(f32, RowIndex)> = Vec::with_capacity(engaged.len());
    for unseen in 0..FOLDS {
        run.enter(Step::LabelFrequency);
        let pick = |condition: &dyn Fn(usize) -> bool| -> Vec<RowIndex> {
            (0..engaged.len()).filter(|&i| condition(i)).map(|i| engaged[i]).collect()
        };
        let training = pick(&|i| fold[i] != unseen && part[i] != 0);
        let validation = pick(&|i| fold[i] != unseen && part[i] == 0);
        let split = (training, validation);
        let plan = Plan::new(rows, Step::LabelFrequency, Stream::Pilot(unseen), split);
        let pilot =
            fit(rows, run, 1, &plan, &Binary { rows, label: |row| row.is_labelled() }, |_| ())?
                .network;
        let unseen = pick(&|i| fold[i] == unseen);
        predict(rows, run, Step::LabelFrequency, &pilot, &unseen, |row, logits| {
            scored.push((logits[0], row));
        });
    }
    rows.poll().sort(&mut scored, &|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    Ok(scored.into_iter().map(|(_, row)| row).collect())
}
