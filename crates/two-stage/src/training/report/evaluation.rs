//! The evaluation of a model: the comparison with standard models, and the out-of-fold scores.

use super::{
    bins::{self, Observed},
    comparison::{self, Compared},
    ranking::contact,
    uplift_curve,
};
use crate::{
    Result,
    evaluation::gain::Contact,
    model::{
        Comparison, Evaluation, INTENT_QUANTILES, Mode, Namer, Offsets, OutOfFold, Score,
        UPLIFT_QUANTILES,
    },
    quantiles::quantiles,
    training::{
        committee::Committee,
        observer::Step,
        rows::{TrainingRow, TrainingRows},
        run::Run,
    },
    word::RowIndex,
};

/// Rows and their scores.
type Scores = [(RowIndex, Score)];

/// The figures on rows that the networks did not learn from.
pub(in crate::training) struct Evaluated {
    pub comparison: Vec<Comparison>,
    /// These are `None` where no row was held out.
    pub out_of_fold: Option<OutOfFold>,
    pub evaluation: Option<Evaluation>,
}

/// Compares the first member with standard models, and evaluates the scores of all members.
pub(in crate::training) fn measure(
    rows: &TrainingRows,
    run: &mut Run,
    committee: &Committee,
    offsets: &Offsets,
) -> Result<Evaluated> {
    let Compared { models, logistic } = comparison::compare(rows, run, committee)?;
    run.enter(Step::Comparison);
    let (scores, namer) = (&committee.out_of_fold, offsets.namer());
    let has_any = !scores.is_empty();
    Ok(Evaluated {
        comparison: models,
        out_of_fold: has_any.then(|| distribution(rows, scores, namer)),
        evaluation: has_any.then(|| evaluate(rows, scores, &logistic, namer)),
    })
}

/// The distribution of some scores.
pub(in crate::training) fn distribution(
    rows: &TrainingRows,
    scores: &Scores,
    namer: Namer,
) -> OutOfFold {
    let (mut segments, mut total) = ([0.0; 3], 0.0);
    for (row, score) in rows.poll().each(scores.iter()) {
        let weight = rows.row(*row).weight;
        segments[namer.segment(score) as usize] += weight;
        total += weight;
    }
    OutOfFold {
        rows: scores.len() as u64,
        segments: segments.map(|weight: f64| (weight / total) as f32),
        uplift: quantiles_of(rows, scores, Score::uplift, UPLIFT_QUANTILES),
        intent: quantiles_of(rows, scores, Score::intent, INTENT_QUANTILES),
    }
}

/// This many quantiles of a figure, at even steps from the least value to the largest.
fn quantiles_of(
    rows: &TrainingRows,
    scores: &Scores,
    figure: impl Fn(&Score) -> f64,
    count: usize,
) -> Vec<f32> {
    let value = |(row, score): &(RowIndex, Score)| (figure(score) as f32, rows.row(*row).weight);
    let mut values: Vec<(f32, f64)> = rows.poll().each(scores.iter()).map(value).collect();
    rows.poll().sort(&mut values, &|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    quantiles(&values, (0..count).map(|step| step as f64 / (count - 1) as f64))
}

fn evaluate(rows: &TrainingRows, scores: &Scores, logistic: &Scores, namer: Namer) -> Evaluation {
    let curve = |scores: &Scores, figure: fn(&Score) -> f64| {
        uplift_curve::measure(rows, scores.iter().map(|(row, score)| (*row, figure(score))))
    };
    let (predicted, observed): (fn(&Score) -> f64, Observed) = match rows.mode() {
        Mode::Exposure => (Score::uplift, Observed::Uplift),
        Mode::Simple => (engagement, Observed::Mean),
    };
    let contacts =
        scores.iter().map(|(row, score)| (*row, contact(&rows.row(*row), predicted(score))));
    let has_labels = rows.labelled() > 0;
    Evaluation {
        model: curve(scores, Score::uplift),
        engagement: curve(scores, engagement),
        logistic: curve(logistic, Score::uplift),
        calibration: bins::measure(rows, contacts, observed),
        reliability: has_labels.then(|| bins::measure(rows, labels(rows, scores), Observed::Mean)),
        confusion: has_labels.then(|| confusion(rows, scores, namer)),
    }
}

/// The probability to engage if exposed.
fn engagement(score: &Score) -> f64 {
    1.0 - score.low_engagement
}

/// The exposed engaged rows, whose score is the intent, and the outcome the campaign label.
fn labels<'a>(
    rows: &'a TrainingRows<'a>,
    scores: &'a Scores,
) -> impl Iterator<Item = (RowIndex, Contact)> {
    exposed(rows, scores).filter(|(row, _)| row.engaged()).map(|(row, score)| {
        let outcome = f64::from(u8::from(row.is_labelled()));
        let (weight, propensity) = (row.weight, 1.0);
        (row.index, Contact { score: score.intent(), exposed: true, outcome, weight, propensity })
    })
}

fn confusion(rows: &TrainingRows, scores: &Scores, namer: Namer) -> [[f32; 3]; 3] {
    let mut weights = [[0.0; 3]; 3];
    for (row, score) in exposed(rows, scores) {
        weights[row.segment as usize][namer.segment(score) as usize] += row.weight;
    }
    weights.map(|of| of.map(|weight: f64| weight as f32))
}

fn exposed<'a>(
    rows: &'a TrainingRows<'a>,
    scores: &'a Scores,
) -> impl Iterator<Item = (TrainingRow<'a>, &'a Score)> {
    let list = rows.poll().each(scores.iter());
    list.map(|(row, score)| (rows.row(*row), score)).filter(|(row, _)| row.exposed)
}
