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
    let weight = |row: &Predicted| row.copies * rows.row(row.row).weight;
    let all: f64 = predicted.iter().map(weight).sum();
    let (mut sum, mut total, mut count) = (0.0, 0.0, 0);
    for row in predicted.iter() {
        if total + weight(row) > LOWEST * all {
            break;
        }
        sum += weight(row) * effect(&rows.row(row.row), row);
        total += weight(row);
        count += 1;
    }
    let mean = sum / total;
    let of_copy = |predicted: &Predicted| {
        let row = rows.row(predicted.row);
        row.weight * (effect(&row, predicted) - mean) / total
    };
    let lowest = &predicted[..count];
    let square = lowest.iter().map(|row| row.copies * of_copy(row) * of_copy(row)).sum::<f64>();
    let copies =
        lowest.iter().flat_map(|row| repeat_n((row.row, of_copy(row)), row.copies as usize));
    let error = error_over_customers(rows, square.sqrt(), copies);
    (error > 0.0).then_some(mean / error)
}

/// ψ, the doubly robust effect of exposure on a row.
fn effect(row: &TrainingRow, predicted: &Predicted) -> f64 {
    let e = row.propensity;
    let y = f64::from(u8::from(row.engaged()));
    let (exposed, unexposed) = (predicted.engaged, predicted.engaged - predicted.uplift);
    let correction = if row.exposed { (y - exposed) / e } else { -(y - unexposed) / (1.0 - e) };
    predicted.uplift + correction
}
