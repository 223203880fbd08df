//! The pilots for few rows: logistic regressions on the campaign labels as observed, which score the
//! rows that they did not see. A network that learns from so few rows ranks no better than chance.

use crate::{
    training::{
        engine::{Stream, evenly, stream},
        folds::deal,
        observer::Step,
        ridge::{self, Ridge},
        rows::TrainingRows,
        run::Run,
    },
    word::RowIndex,
};

const FOLDS: u8 = 5;
/// The folds are dealt this often, and the scores averaged.
const REPEATS: usize = 3;
/// The penalty of half a squared weight beside the sum of the losses: C = 0.03.
const RIDGE: f64 = 1.0 / 0.03;
/// Rows that a regression learns from at most, half of them labelled.
const MAX_ROWS: usize = 20_000;

/// The engaged rows in the order of their out-of-fold scores, best first.
pub(super) fn scored(rows: &TrainingRows, run: &mut Run, engaged: &[RowIndex]) -> Vec<RowIndex> {
    let mut rng = stream(rows.options.seed(), Stream::RoughPilotFolds);
    let mut scored: Vec<(f64, RowIndex)> = engaged.iter().map(|&row| (0.0, row)).collect();
    let mut inputs = vec![0.0; rows.encoder.inputs()];
    for _ in 0..REPEATS {
        let fold = deal(rows, rows.poll().each(engaged.iter().copied()), FOLDS, &mut rng);
        for unseen in 0..FOLDS {
            let seen: Vec<RowIndex> =
                (0..engaged.len()).filter(|&i| fold[i] != unseen).map(|i| engaged[i]).collect();
            let training = balanced(rows, &seen);
            let pilot = Ridge::fit(rows, run, Step::LabelFrequency, &training, RIDGE, |row| {
                row.is_labelled()
            });
            for (score, &row) in rows.poll().each(scored.iter_mut().zip(&fold)) {
                if row == unseen {
                    rows.encode(&[score.1], &mut inputs);
                    score.0 += pilot.logit(&inputs);
                }
            }
        }
    }
    rows.poll().sort(&mut scored, &|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    scored.into_iter().map(|(_, row)| row).collect()
}

/// The rows, or where they are many as many labelled as other ones: a ranking stays what it is.
fn balanced(rows: &TrainingRows, seen: &[RowIndex]) -> Vec<RowIndex> {
    let most = MAX_ROWS.min(ridge::max_rows(rows));
    if seen.len() <= most {
        return seen.to_vec();
    }
    let (labelled, others): (Vec<RowIndex>, Vec<RowIndex>) =
        seen.iter().partition(|&&row| rows.row(row).is_labelled());
    [evenly(&labelled, most / 2), evenly(&others, most / 2)].concat()
}
