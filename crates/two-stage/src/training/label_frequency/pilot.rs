//! The pilots: binary networks on the campaign labels as observed, which score the rows that they
//! did not see.

use crate::{
    Result,
    training::{
        engine::{
            Logistic, Objective, Plan, Stream, Tally, fit, for_each_logistic, predict, stream,
        },
        folds::deal,
        losses::intent,
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
    let fold = deal(rows.poll().each(engaged.iter()), FOLDS, &mut rng);
    let part = deal(rows.poll().each(engaged.iter()), HELD_OUT_PARTS, &mut rng);
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
        let pilot = fit(rows, run, 1, &plan, &ObservedLabels { rows }, |_| ())?.network;
        let unseen = pick(&|i| fold[i] == unseen);
        predict(rows, run, Step::LabelFrequency, &pilot, &unseen, |row, logits| {
            scored.push((logits[0], row));
        });
    }
    rows.poll().sort(&mut scored, &|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    Ok(scored.into_iter().map(|(_, row)| row).collect())
}

/// The objective of a pilot.
struct ObservedLabels<'a> {
    rows: &'a TrainingRows<'a>,
}

impl ObservedLabels<'_> {
    /// The row's weighted loss and its slope.
    fn loss(&self, row: RowIndex, chance: Logistic) -> (f64, f64) {
        let row = self.rows.row(row);
        let s = f64::from(u8::from(row.is_labelled()));
        let (loss, slope) = intent(chance, s, 1.0);
        (row.weight * loss, row.weight * slope)
    }
}

impl Objective for ObservedLabels<'_> {
    fn gradients(&self, _: usize, rows: &[RowIndex], logits: &[f32], out: &mut [f32]) -> Tally {
        let mut tally = Tally::default();
        for_each_logistic(logits, 1, |place, chances| {
            let (loss, slope) = self.loss(rows[place], chances[0]);
            out[place] = slope as f32;
            tally.loss += loss;
        });
        tally
    }

    fn validation(&self, rows: &[RowIndex], logits: &[f32]) -> f64 {
        let mut total = 0.0;
        for_each_logistic(logits, 1, |place, chances| {
            total += self.loss(rows[place], chances[0]).0;
        });
        total
    }
}
