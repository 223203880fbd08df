//! The guard "leak": something that is known only after the campaign tells its outcome.

use super::{
    rank_auc::{Scored, rank_auc},
    telling::{MIN_ANSWERS, Question},
};
use crate::{
    segment::Segment,
    training::{
        committee::Committee, engine::evenly, observer::Step, rows::TrainingRows, run::Run, scores,
    },
};

/// Held-out rows that are scored at most.
const MAX_ROWS: usize = 50_000;
/// No honest network has a held-out AUC or macro-F1 like this.
const TOO_GOOD: f64 = 0.995;
/// No honest feature tells an outcome with this AUC.
const TELLS_ALONE: f64 = 0.99;
/// With this many features, none has this share of the importance and this AUC.
const MIN_FEATURES: usize = 4;
const NEARLY_ALL: f64 = 0.9;
const TELLS_WELL: f64 = 0.95;
/// Warnings at most.
const MAX_NAMED: usize = 3;

/// Warns of features that tell too much.
pub(in crate::training) fn warn(
    rows: &TrainingRows,
    run: &mut Run,
    committee: &Committee,
    importance: &[f64],
) {
    let engagement = Question::new("engagement", rows, |_| true, |row| row.engaged());
    let label = Question::new(
        "the campaign label",
        rows,
        |row| row.exposed && row.engaged(),
        |row| row.is_labelled(),
    );
    let mut found = alone(rows, run, engagement.as_ref());
    if found.is_empty() {
        found = together(rows, run, committee, [engagement.as_ref(), label.as_ref()]);
    }
    if found.is_empty() {
        let questions = [engagement, label].into_iter().flatten();
        found.extend(dominant(rows, questions, importance));
    }
    for (column, reason) in found.iter().take(MAX_NAMED) {
        run.warn(format!(
            "feature \"{}\" {reason}: is it known only after the campaign? leave it out: exclude",
            rows.sample.features()[*column].name
        ));
    }
}

/// The columns that tell engagement by their values, or exposure by their missing ones.
fn alone(
    rows: &TrainingRows,
    run: &mut Run,
    engagement: Option<&Question>,
) -> Vec<(usize, String)> {
    let told = engagement.map(|question| question.told_by(rows, run, TELLS_ALONE));
    let reason = |auc: f64| format!("tells engagement by itself (AUC {auc:.3})");
    let mut found: Vec<(usize, String)> =
        told.into_iter().flatten().map(|(column, auc)| (column, reason(auc))).collect();
    let Some(exposure) = Question::new("exposure", rows, |_| true, |row| row.exposed) else {
        return found;
    };
    for (column, description) in rows.encoder.describe().enumerate() {
        run.enter(Step::Importance);
        if description.has_missing && exposure.missing_auc(rows, column) >= TELLS_ALONE {
            found.push((column, "is missing where customers were unexposed, or exposed".into()));
        }
    }
    found
}

/// The columns that are behind figures of the network that are too good.
fn together(
    rows: &TrainingRows,
    run: &mut Run,
    committee: &Committee,
    [engagement, label]: [Option<&Question>; 2],
) -> Vec<(usize, String)> {
    let figures = HeldOut::of(rows, run, committee);
    let too_good = [
        ("a held-out AUC of engagement", figures.engagement, engagement),
        ("a held-out AUC of the campaign label", figures.label, label),
        ("a held-out macro-F1", figures.macro_f1, engagement.or(label)),
    ];
    let mut found: Vec<(usize, String)> = Vec::new();
    for (what, figure, question) in too_good {
        let (Some(figure), Some(question)) = (figure.filter(|f| *f >= TOO_GOOD), question) else {
            continue;
        };
        let told = question.told_by(rows, run, 0.5);
        if let Some(&(column, auc)) = told.first()
            && found.iter().all(|(known, _)| *known != column)
        {
            let of = question.what;
            found.push((
                column,
                format!("(AUC {auc:.3} for {of} by itself) stands behind {what} of {figure:.3}"),
            ));
        }
    }
    found
}

/// A column that is nearly all of the importance, and tells well by itself.
fn dominant(
    rows: &TrainingRows,
    questions: impl Iterator<Item = Question>,
    importance: &[f64],
) -> Option<(usize, String)> {
    let column = importance.iter().position(|share| *share >= NEARLY_ALL)?;
    let auc = questions.map(|question| question.auc(rows, column, 1)).fold(0.0, f64::max);
    let suspicious = importance.len() >= MIN_FEATURES && auc >= TELLS_WELL;
    suspicious.then(|| {
        let share = 100.0 * importance[column];
        (column, format!("has {share:.0} % of the importance (AUC {auc:.3} by itself)"))
    })
}

/// The first member's figures on exposed rows that it held out; `None` where a class is rare.
struct HeldOut {
    engagement: Option<f64>,
    label: Option<f64>,
    macro_f1: Option<f64>,
}

impl HeldOut {
    fn of(rows: &TrainingRows, run: &mut Run, committee: &Committee) -> Self {
        let (_, held_out) = committee.first_member.split(rows, |row| row.exposed);
        let held_out = evenly(&held_out, MAX_ROWS);
        let (mut engagement, mut label) = (Vec::new(), Vec::new());
        let mut confusion = [[0; 3]; 3];
        let first = committee.first.networks();
        scores::score(rows, run, Step::Importance, first, &held_out, |row, score| {
            let row = rows.row(row);
            let p = [score.low_engagement, score.organic, score.campaign_driven];
            let scored = |score, positive| Scored { score, positive, weight: row.weight };
            engagement.push(scored(1.0 - p[0], row.engaged()));
            if row.engaged() {
                label.push(scored(score.intent(), row.is_labelled()));
            }
            let predicted = (0..3).fold(0, |best, k| if p[k] > p[best] { k } else { best });
            confusion[row.segment as usize][predicted] += 1;
        });
        Self { engagement: auc(engagement), label: auc(label), macro_f1: macro_f1(&confusion) }
    }
}

fn auc(mut scored: Vec<Scored>) -> Option<f64> {
    let positive = scored.iter().filter(|row| row.positive).count();
    let rare = positive.min(scored.len() - positive) < MIN_ANSWERS;
    if rare { None } else { rank_auc(&mut scored) }
}

/// The mean F1 of the segments that occur, from counts of actual × predicted; `None` unless there
/// are two, and none is rare.
fn macro_f1(confusion: &[[usize; 3]; 3]) -> Option<f64> {
    let actual = |k: usize| -> usize { confusion[k].iter().sum() };
    let predicted = |k: usize| -> usize { confusion.iter().map(|row| row[k]).sum() };
    let occur: Vec<usize> = (0..Segment::ALL.len()).filter(|&k| actual(k) > 0).collect();
    let f1 = |&k: &usize| 2.0 * confusion[k][k] as f64 / (actual(k) + predicted(k)) as f64;
    let enough = occur.len() >= 2 && occur.iter().all(|&k| actual(k) >= MIN_ANSWERS);
    enough.then(|| occur.iter().map(f1).sum::<f64>() / occur.len() as f64)
}
