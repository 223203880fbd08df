//! Guard "put off": the campaign keeps some customers from engaging. The doubly robust mean uplift of
//! the fifth with the lowest predicted one, on rows that the networks did not see, tells.

use std::iter::repeat_n;

use super::super::{
    influence::error_over_customers,
    rows::{TrainingRow, TrainingRows},
    unseen::Unseen,
};
use crate::{
    model::{Engagement, Intent, Score, SignedSlope, UpliftRole},
    word::RowIndex,
};

/// With fewer held-out rows there is no test.
const MIN_ROWS: f64 = 1000.0;
/// The share of the rows that is tested.
const LOWEST: f64 = 0.2;
/// Customers are put off if the mean is this many standard errors below 0.
const MIN_ERRORS: f64 = 3.0;

/// The answer of the test.
pub(in crate::training) struct Judgement {
    /// The mean uplift of the lowest fifth, in standard errors.
    pub ratio: Option<f64>,
    pub puts_off: bool,
    /// Rows with a negative uplift, as a share of all rows by number.
    pub share: f64,
}

/// A held-out row: its probability to engage if exposed, and its uplift.
struct Predicted {
    row: RowIndex,
    copies: f64,
    engaged: f64,
    uplift: f64,
}

/// Tells if some customers are put off. `engagement` has the uplift networks' opinion on the held-out
/// rows, `segmentation` the segments' probabilities of the same rows.
pub(in crate::training) fn judge(
    rows: &TrainingRows,
    slope: &SignedSlope,
    engagement: &[Unseen<2>],
    segmentation: &[Unseen<3>],
    intent: Intent,
    role: UpliftRole,
) -> Judgement {
    let mut predicted = Vec::with_capacity(engagement.len());
    for (place, unseen) in rows.poll().each(engagement.iter().enumerate()) {
        let p = segmentation.get(place).map_or([1.0, 0.0, 0.0], |unseen| unseen.opinion);
        let score = intent.apply(Score::from(p));
        let [exposed, unexposed] = unseen.opinion;
        let rescaled = slope.apply(Engagement { exposed, unexposed });
        let (engaged, uplift) = role.signed(&score, rescaled);
        predicted.push(Predicted { row: unseen.row, copies: unseen.copies, engaged, uplift });
    }
    let count = |list: &[Predicted]| list.iter().map(|row| row.copies).sum::<f64>();
    let all = count(&predicted);
    let ratio = (all >= MIN_ROWS).then(|| lowest_ratio(rows, &mut predicted)).flatten();
    predicted.retain(|row| row.uplift < 0.0);
    Judgement {
        ratio,
        puts_off: ratio.is_some_and(|ratio| ratio < -MIN_ERRORS),
        share: count(&predicted) / all,
    }
}

/// The mean uplift of the lowest fifth, in standard errors.
fn lowest_ratio(rows: &TrainingRows, predicted: &mut [Predicted]) -> Option<f64> {
    rows.poll().sort(predicted, &|a, b| a.uplift.total_cmp(&b.uplift).then(a.row.cmp(&b.row)));
    let lowest = lowest(rows, predicted);
    let (mut sum, mut total) = (0.0, 0.0);
    for &(row, weight) in rows.poll().each(lowest.iter()) {
        sum += row.copies * weight * effect(&rows.row(row.row), row);
        total += row.copies * weight;
    }
    let mean = sum / total;
    let of_copy = |&(predicted, weight): &(&Predicted, f64)| {
        weight * (effect(&rows.row(predicted.row), predicted) - mean) / total
    };
    let square = lowest.iter().map(|one| one.0.copies * of_copy(one) * of_copy(one)).sum::<f64>();
    let copies =
        lowest.iter().flat_map(|one| repeat_n((one.0.row, of_copy(one)), one.0.copies as usize));
    let error = error_over_customers(rows, square.sqrt(), copies);
    (error > 0.0).then_some(mean / error)
}

/// The fifth with the lowest uplift, with the weight of a copy of each row. Of rows of equal uplift that
/// only in part belong to it, each counts for that part.
fn lowest<'p>(rows: &TrainingRows, sorted: &'p [Predicted]) -> Vec<(&'p Predicted, f64)> {
    let weight = |row: &Predicted| row.copies * rows.row(row.row).weight;
    let mut left = LOWEST * sorted.iter().map(weight).sum::<f64>();
    let mut lowest = Vec::new();
    for block in sorted.chunk_by(|a, b| a.uplift == b.uplift) {
        let of_block: f64 = block.iter().map(weight).sum();
        let part = (left / of_block).min(1.0);
        if part <= 0.0 {
            break;
        }
        lowest.extend(block.iter().map(|row| (row, part * rows.row(row.row).weight)));
        left -= part * of_block;
    }
    lowest
}

/// ψ, the doubly robust effect of exposure on a row.
fn effect(row: &TrainingRow, predicted: &Predicted) -> f64 {
    let e = row.propensity;
    let y = f64::from(u8::from(row.engaged()));
    let (exposed, unexposed) = (predicted.engaged, predicted.engaged - predicted.uplift);
    let correction = if row.exposed { (y - exposed) / e } else { -(y - unexposed) / (1.0 - e) };
    predicted.uplift + correction
}
