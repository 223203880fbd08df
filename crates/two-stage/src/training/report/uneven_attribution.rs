//! The guard "uneven attribution": campaign labels are missing more often for some values of a
//! feature.

use crate::{
    column::{Column, Kind},
    training::{
        few_values::few_values,
        observer::Step,
        rows::{TrainingRow, TrainingRows},
        run::Run,
    },
    word::{RowIndex, Word},
};

/// The best-scored share of each half that is compared, and its smallest size.
const TOP_SHARE: f64 = 0.05;
const MIN_TOP_ROWS: usize = 60;
/// A half with fewer rows is not compared.
const MIN_HALF_ROWS: usize = 200;
/// A ratio of the labelled shares below this is not explained by chance.
const MAX_RATIO: f64 = 0.5;

/// Warns of the feature whose halves are labelled most differently among the most campaign-like
/// rows. `scored` has engaged rows, the best first.
pub(in crate::training) fn warn(rows: &TrainingRows, run: &mut Run, scored: &[RowIndex]) {
    let columns = rows.sample.features();
    let mut found: Vec<(f64, usize, [f64; 2])> = Vec::new();
    for (column, description) in columns.iter().enumerate() {
        run.enter(Step::LabelFrequency);
        if let Some(shares) = labelled_shares(rows, scored, column, description.kind) {
            let ratio = shares[0].min(shares[1]) / shares[0].max(shares[1]).max(1e-9);
            if ratio < MAX_RATIO {
                found.push((ratio, column, shares));
            }
        }
    }
    if let Some(&(_, column, [low, high])) = found.iter().min_by(|a, b| a.0.total_cmp(&b.0)) {
        run.warn(format!(
            "campaign labels seem to be missing unevenly by \"{}\" ({:.0} % against {:.0} % labelled among the most campaign-like customers): {}",
            columns[column].name,
            100.0 * low,
            100.0 * high,
            advice(rows, scored, column, &columns[column])
        ));
    }
}

/// The next step: a column that `attribution_by` accepts, or exposure where the rows lack it.
fn advice(rows: &TrainingRows, scored: &[RowIndex], column: usize, of: &Column) -> String {
    let Column { name, kind } = of;
    let group = if few_values(rows, scored, column).is_some() {
        format!("consider attribution_by = \"{name}\"")
    } else if *kind == Kind::Category {
        format!("consider attribution_by with a coarser column made of \"{name}\"")
    } else {
        let numbers = rows.of(scored).map(|row| row.features[column].number());
        match lower_bound_of_upper_half(numbers).filter(|_| *kind == Kind::Number) {
            Some(bound) => {
                format!("consider attribution_by with a column such as \"{name}\" > {bound}")
            }
            None => {
                format!("consider attribution_by with a column made of \"{name}\" by year or month")
            }
        }
    };
    group + rows.or_say_exposure()
}

/// The labelled shares of the top rows of both halves of a feature.
fn labelled_shares(
    rows: &TrainingRows,
    scored: &[RowIndex],
    column: usize,
    kind: Kind,
) -> Option<[f64; 2]> {
    let words: Vec<Word> = rows.of(scored).map(|row| row.features[column]).collect();
    let is_upper: Box<dyn Fn(Word) -> bool> = match kind {
        Kind::Category => {
            let commonest = commonest(words.clone())?;
            Box::new(move |word| word == commonest)
        }
        _ => {
            let bound = lower_bound_of_upper_half(words.iter().map(|word| word.number()))?;
            Box::new(move |word| word.number() > bound)
        }
    };
    let half = |upper: bool| -> Vec<TrainingRow> {
        let of_half = scored.iter().zip(&words).filter(|(_, word)| is_upper(**word) == upper);
        of_half.map(|(&row, _)| rows.row(row)).collect()
    };
    Some([labelled_share(&half(false))?, labelled_share(&half(true))?])
}

fn labelled_share(scored: &[TrainingRow]) -> Option<f64> {
    if scored.len() < MIN_HALF_ROWS {
        return None;
    }
    let size = MIN_TOP_ROWS.max((TOP_SHARE * scored.len() as f64) as usize);
    let (mut labelled, mut total) = (0.0, 0.0);
    for row in &scored[..size] {
        labelled += if row.is_labelled() { row.weight } else { 0.0 };
        total += row.weight;
    }
    Some(labelled / total)
}

/// The smaller of two values, or the median of more.
fn lower_bound_of_upper_half(values: impl Iterator<Item = f32>) -> Option<f32> {
    let mut values: Vec<f32> = values.filter(|value| !value.is_nan()).collect();
    let first = values.iter().copied().min_by(f32::total_cmp)?;
    let last = values.iter().copied().max_by(f32::total_cmp)?;
    let two = values.iter().all(|&value| value == first || value == last);
    let middle = values.len() / 2;
    Some(if two { first } else { *values.select_nth_unstable_by(middle, f32::total_cmp).1 })
}

fn commonest(mut words: Vec<Word>) -> Option<Word> {
    words.sort_unstable();
    words.chunk_by(|a, b| a == b).max_by_key(|run| run.len()).map(|run| run[0])
}
