//! The slope of the intent: how steep it really is, on rows that the networks did not see.

use super::{influence::error_over_customers, losses, rows::TrainingRows, run::Run};
use crate::{model::Slope, probability::MAX_LOGIT, word::RowIndex};

const MAX_SLOPE: f64 = 1.5;
const MAX_ITERATIONS: usize = 100;
/// A step this small ends the search.
const TOLERANCE: f64 = 1e-9;

/// An engaged row, with the intent by the member that held it out.
pub(super) struct HeldOut {
    pub row: RowIndex,
    /// The logit of that intent.
    pub logit: f64,
    /// c(x) by that member.
    pub frequency: f64,
}

/// Estimates the slope of the intent's logit; `None` where the rows do not determine it.
pub(super) fn estimate(
    rows: &TrainingRows,
    run: &mut Run,
    mut held_out: Vec<HeldOut>,
) -> Option<Slope> {
    for row in &mut held_out {
        row.logit = row.logit.clamp(-MAX_LOGIT, MAX_LOGIT);
    }
    let total: f64 = held_out.iter().map(|h| rows.row(h.row).weight).sum();
    let center = held_out.iter().map(|h| rows.row(h.row).weight * h.logit).sum::<f64>() / total;
    let likelihood = Likelihood { rows, held_out, center };
    let (intercept, slope) = likelihood.maximise([center, 1.0], |h| {
        let det = h[0] * h[2] - h[1] * h[1];
        (det > 0.0).then(|| [[h[2] / det, -h[1] / det], [-h[1] / det, h[0] / det]])
    })?;
    let error = likelihood.error(intercept, slope);
    if !error.is_finite() {
        return None;
    }
    let cautious = (slope - error).clamp(0.0, MAX_SLOPE);
    // Only the intercept is free now.
    let (intercept, _) = likelihood
        .maximise([intercept, cautious], |h| (h[0] > 0.0).then(|| [[1.0 / h[0], 0.0], [0.0; 2]]))?;
    if slope <= error {
        run.warn(format!(
            "the intent does not differ between customers as far as the rows can tell (slope {slope:.2}, standard error {error:.2})"
        ));
    }
    Some(Slope { intercept, slope: cautious, center, ratio: slope / error })
}

struct Likelihood<'a> {
    rows: &'a TrainingRows<'a>,
    held_out: Vec<HeldOut>,
    center: f64,
}

/// The log-likelihood, its gradient, and the outer product of the row scores (as its three different
/// numbers).
struct Point {
    value: f64,
    gradient: [f64; 2],
    information: [f64; 3],
}

impl Likelihood<'_> {
    fn at(&self, intercept: f64, slope: f64) -> Point {
        let mut point = Point { value: 0.0, gradient: [0.0; 2], information: [0.0; 3] };
        for held_out in self.rows.poll().each(self.held_out.iter()) {
            let w = self.rows.row(held_out.row).weight;
            let v = held_out.logit - self.center;
            let (loss, d) = self.loss(held_out, intercept, slope);
            point.value -= w * loss;
            point.gradient[0] -= w * d;
            point.gradient[1] -= w * d * v;
            point.information[0] += w * d * d;
            point.information[1] += w * d * d * v;
            point.information[2] += w * d * d * v * v;
        }
        point
    }

    /// A row's loss and its derivative by the rescaled logit.
    fn loss(&self, held_out: &HeldOut, intercept: f64, slope: f64) -> (f64, f64) {
        let row = self.rows.row(held_out.row);
        losses::observed_slope(
            intercept + slope * (held_out.logit - self.center),
            held_out.frequency,
            row.propensity,
            row.is_labelled(),
            row.exposed,
        )
    }

    /// The standard error of the slope.
    fn error(&self, intercept: f64, slope: f64) -> f64 {
        let information = self.at(intercept, slope).information;
        let det = information[0] * information[2] - information[1] * information[1];
        let independent = (information[0] / det).sqrt();
        let influences = self
            .scores(intercept, slope)
            .map(|(row, score, v)| (row, score * (information[0] * v - information[1]) / det));
        error_over_customers(self.rows, independent, influences)
    }

    /// Each row with its weighted score and its v = u − ū.
    fn scores(&self, intercept: f64, slope: f64) -> impl Iterator<Item = (RowIndex, f64, f64)> {
        self.held_out.iter().map(move |held_out| {
            let (_, d) = self.loss(held_out, intercept, slope);
            let weight = self.rows.row(held_out.row).weight;
            (held_out.row, weight * d, held_out.logit - self.center)
        })
    }

    /// Climbs in scoring steps along `inverse(information)` · gradient, halved while they do not climb
    /// (Berndt, Hall, Hall and Hausman 1974).
    fn maximise(
        &self,
        start: [f64; 2],
        inverse: impl Fn([f64; 3]) -> Option<[[f64; 2]; 2]>,
    ) -> Option<(f64, f64)> {
        let [mut intercept, mut slope] = start;
        let mut point = self.at(intercept, slope);
        for _ in 0..MAX_ITERATIONS {
            let [a, b] = inverse(point.information)?;
            let step = [a, b].map(|row| row[0] * point.gradient[0] + row[1] * point.gradient[1]);
            let mut size = 1.0;
            let next = loop {
                let next = self.at(intercept + size * step[0], slope + size * step[1]);
                if next.value > point.value || size < TOLERANCE {
                    break next;
                }
                size *= 0.5;
            };
            if next.value <= point.value {
                break;
            }
            intercept += size * step[0];
            slope += size * step[1];
            point = next;
            if size * step[0].abs().max(step[1].abs()) < TOLERANCE {
                break;
            }
        }
        Some((intercept, slope))
    }
}
