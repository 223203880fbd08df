//! The labelled share of the most campaign-like rows. Nearly all of them are campaign-driven, so it
//! bounds the label frequency from below.

use crate::{
    training::{
        influence::error_over_customers,
        rows::{TrainingRow, TrainingRows},
    },
    word::RowIndex,
};

/// The smallest estimate.
pub(super) const MIN_FREQUENCY: f64 = 0.02;
/// Above this estimate no label counts as missing: do no harm.
const COMPLETE: f64 = 0.97;
/// The shares of the rows that count as the top.
const TOP_SHARES: [f64; 6] = [0.01, 0.02, 0.03, 0.05, 0.08, 0.12];
/// The top has at least this many rows, and this many labelled ones (but no more than a part of all
/// labels). With few labels, rows alone would leave the largest share to chance: at c = 0.2, 1 % of
/// 11,000 engaged rows makes the standard deviation of c .028, 90 labels make it .015.
const MIN_TOP_ROWS: usize = 60;
const MIN_TOP_LABELLED: usize = 90;
const TOP_PART_OF_LABELS: usize = 4;
/// Standard errors taken off.
const CAUTION: f64 = 0.5;

/// The largest cautious labelled share among the top of the rows that belong to a group. `scored`
/// has the best first.
pub(in crate::training) fn labelled_share(
    rows: &TrainingRows,
    scored: &[RowIndex],
    belongs: impl Fn(&TrainingRow) -> bool,
) -> f64 {
    let members: Vec<TrainingRow> = rows.of(scored).filter(belongs).collect();
    let least = min_top(rows, &members);
    let bound = |share: f64| {
        let size = ((share * members.len() as f64) as usize).max(least).min(members.len());
        let (mut labelled, mut total, mut squares) = (0.0, 0.0, 0.0);
        for row in rows.poll().each(members[..size].iter()) {
            labelled += if row.is_labelled() { row.weight } else { 0.0 };
            total += row.weight;
            squares += row.weight * row.weight;
        }
        let m = labelled / total;
        let independent = (m * (1.0 - m) * squares / (total * total)).sqrt();
        let influences = members[..size].iter().map(|row| {
            (row.index, row.weight * (f64::from(u8::from(row.is_labelled())) - m) / total)
        });
        m - CAUTION * error_over_customers(rows, independent, influences)
    };
    let c = TOP_SHARES.map(bound).into_iter().fold(0.0, f64::max).clamp(MIN_FREQUENCY, 1.0);
    if c > COMPLETE { 1.0 } else { c }
}

/// The smallest number of rows of the top.
fn min_top(rows: &TrainingRows, members: &[TrainingRow]) -> usize {
    let polled = || rows.poll().each(members.iter().enumerate());
    let labelled = || polled().filter(|(_, row)| row.is_labelled());
    let wanted = MIN_TOP_LABELLED.min(labelled().count() / TOP_PART_OF_LABELS);
    let place = labelled().nth(wanted.saturating_sub(1)).map_or(0, |(place, _)| place + 1);
    place.max(MIN_TOP_ROWS)
}
