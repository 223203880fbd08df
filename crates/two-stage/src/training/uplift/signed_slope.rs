//! Step: signed slope. How much the uplift really differs between customers, on rows that the
//! networks did not see: a logistic regression of engagement on the difference of their log-odds.

use std::iter::repeat_n;

use super::{
    super::{influence::error_over_customers, rows::TrainingRows, unseen::Unseen},
    newton::{self, Row, dot},
};
use crate::model::{Engagement, SignedSlope};

const MAX_SLOPE: f64 = 1.5;
/// A weight counts as given if it differs from 1 by more than this.
const WEIGHT_TOLERANCE: f64 = 1e-6;

/// Estimates the slope. Where the regression has no finite answer, the uplift is the same for all.
pub(in crate::training) fn estimate(
    rows: &TrainingRows,
    unseen: &[Unseen<2>],
    exposed_share: f64,
) -> SignedSlope {
    let regression = Regression::new(rows, unseen, exposed_share);
    let center = regression.center;
    regression.slope().unwrap_or(SignedSlope {
        exposed_share,
        shift: 0.0,
        intercept: center,
        slope: 0.0,
        center,
        ratio: 0.0,
        error: 0.0,
    })
}

struct Regression<'a> {
    rows: &'a TrainingRows<'a>,
    unseen: &'a [Unseen<2>],
    exposed_share: f64,
    /// The weighted mean difference of the log-odds.
    center: f64,
}

impl<'a> Regression<'a> {
    fn new(rows: &'a TrainingRows<'a>, unseen: &'a [Unseen<2>], exposed_share: f64) -> Self {
        let (mut sum, mut total) = (0.0, 0.0);
        for unseen in rows.poll().each(unseen.iter()) {
            let weight = unseen.copies * rows.row(unseen.row).weight;
            let [exposed, unexposed] = logits(unseen);
            sum += weight * (exposed - unexposed);
            total += weight;
        }
        let center = if total > 0.0 { sum / total } else { 0.0 };
        Self { rows, unseen, exposed_share, center }
    }

    fn slope(&self) -> Option<SignedSlope> {
        let poll = self.rows.poll();
        let start = [0.0, self.center, 1.0];
        let list = || self.unseen.iter().map(|unseen| self.row(unseen));
        let (coefficients, inverse) = newton::fit(poll, list(), start)?;
        let [shift, intercept, slope] = coefficients;
        let error = self.error(&coefficients, &inverse);
        if !(error > 0.0 && error.is_finite()) {
            return None;
        }
        let cautious = (slope - error).clamp(0.0, MAX_SLOPE);
        // Only the other two are free now.
        let fixed = list().map(|Row { numbers: [one, a, x], offset, engaged, weight }| Row {
            numbers: [one, a],
            offset: offset + cautious * x,
            engaged,
            weight,
        });
        let ([shift, intercept], _) = newton::fit(poll, fixed, [shift, intercept])?;
        Some(SignedSlope {
            exposed_share: self.exposed_share,
            shift,
            intercept,
            slope: cautious,
            center: self.center,
            ratio: slope / error,
            error,
        })
    }

    fn row(&self, unseen: &Unseen<2>) -> Row<3> {
        let row = self.rows.row(unseen.row);
        let [exposed, unexposed] = logits(unseen);
        let e = self.exposed_share;
        let a = f64::from(u8::from(row.exposed)) - e;
        Row {
            numbers: [1.0, a, a * (exposed - unexposed - self.center)],
            offset: e * exposed + (1.0 - e) * unexposed,
            engaged: row.engaged(),
            weight: unseen.copies * row.weight,
        }
    }

    /// The standard error of the slope: by the inverse Hessian, or where weights make it wrong by the
    /// rows' influences.
    fn error(&self, coefficients: &[f64; 3], inverse: &[[f64; 3]; 3]) -> f64 {
        let of_copy = |unseen: &Unseen<2>| {
            let row = self.row(unseen);
            let weight = row.weight / unseen.copies;
            weight * row.residual(coefficients) * dot(&inverse[2], &row.numbers)
        };
        let is_weighted = |row: f64| (row - 1.0).abs() > WEIGHT_TOLERANCE;
        let weighted = self.unseen.iter().any(|row| is_weighted(self.rows.row(row.row).weight));
        let variance = if weighted {
            let each = self.rows.poll().each(self.unseen.iter());
            each.map(|unseen| unseen.copies * of_copy(unseen).powi(2)).sum()
        } else {
            inverse[2][2]
        };
        let copies = self
            .unseen
            .iter()
            .flat_map(|unseen| repeat_n((unseen.row, of_copy(unseen)), unseen.copies as usize));
        error_over_customers(self.rows, variance.sqrt(), copies)
    }
}

fn logits(unseen: &Unseen<2>) -> [f64; 2] {
    let [exposed, unexposed] = unseen.opinion;
    Engagement { exposed, unexposed }.logits()
}
