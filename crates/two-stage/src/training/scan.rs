//! Guard 4: is a customer's campaign label missing more often for some values of a feature?

use super::{Run, label_frequency::NAME, rows::TrainingRows};
use crate::features::Kind;

/// The best-scored share of each half that is compared, and its least size.
const TOP_SHARE: f64 = 0.05;
const TOP_ROWS: usize = 60;
/// A half with fewer rows says nothing.
const HALF_ROWS: usize = 200;
/// Labelled shares this far apart are no chance.
const RATIO: f64 = 0.5;

/// Warns of features whose halves are labelled very differently among the most campaign-like rows.
/// `scored` holds engaged rows, best first.
pub(super) fn warn_of_uneven_attribution(rows: &TrainingRows, run: &mut Run, scored: &[u32]) {
    let columns = rows.sample.columns().unwrap_or_default();
    let mut found: Vec<(f64, &str, [f64; 2])> = Vec::new();
    for (column, description) in columns.iter().enumerate() {
        run.poll(NAME);
        if let Some(shares) = labelled_shares(rows, scored, column, description.kind) {
            let ratio = shares[0].min(shares[1]) / shares[0].max(shares[1]).max(1e-9);
            if ratio < RATIO {
                found.push((ratio, &description.name, shares));
            }
        }
    }
    if let Some((_, name, [low, high])) = found.iter().min_by(|a, b| a.0.total_cmp(&b.0)) {
        run.warn(format!(
            "campaign labels seem to be missing unevenly by \"{name}\" ({:.0} % against {:.0} % labelled among the most campaign-like customers): consider attribution_by = \"{name}\", or say who was exposed",
            100.0 * low,
            100.0 * high
        ));
    }
}

/// The labelled share of the top rows of each half of a feature.
fn labelled_shares(
    rows: &TrainingRows,
    scored: &[u32],
    column: usize,
    kind: Kind,
) -> Option<[f64; 2]> {
    let words: Vec<u32> = rows.polled(scored).map(|row| rows.features(row)[column]).collect();
    let upper: Box<dyn Fn(u32) -> bool> = match kind {
        Kind::Category => {
            let commonest = commonest(words.clone())?;
            Box::new(move |word| word == commonest)
        }
        _ => {
            let bound = lower_bound_of_upper_half(words.iter().map(|&word| f32::from_bits(word)))?;
            Box::new(move |word| f32::from_bits(word) > bound)
        }
    };
    let half = |is_upper: bool| -> Vec<u32> {
        let of_half = scored.iter().zip(&words).filter(|(_, word)| upper(**word) == is_upper);
        of_half.map(|(&row, _)| row).collect()
    };
    Some([labelled_share(rows, &half(false))?, labelled_share(rows, &half(true))?])
}

fn labelled_share(rows: &TrainingRows, scored: &[u32]) -> Option<f64> {
    if scored.len() < HALF_ROWS {
        return None;
    }
    let size = TOP_ROWS.max((TOP_SHARE * scored.len() as f64) as usize);
    let (mut labelled, mut total) = (0.0, 0.0);
    for &row in &scored[..size] {
        let weight = rows.weight(row as usize);
        labelled += if rows.is_labelled(row as usize) { weight } else { 0.0 };
        total += weight;
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

fn commonest(mut words: Vec<u32>) -> Option<u32> {
    words.sort_unstable();
    words.chunk_by(|a, b| a == b).max_by_key(|run| run.len()).map(|run| run[0])
}
