//! The exposure of the used rows: by observed and by corrected segment, and its probability.

use crate::{
    model::{ExposureFindings, FeatureDifference, Mode},
    segment::Segment,
    training::rows::{PerRow, TrainingRows},
};

/// Counts the used rows. `labels` has t of each row; `None` where no label was corrected.
pub(in crate::training) fn measure(
    rows: &TrainingRows,
    labels: Option<&PerRow<f32>>,
    largest_difference: Option<FeatureDifference>,
) -> ExposureFindings {
    let mut counts = [[0; 3]; 2];
    let (mut observed, mut corrected) = ([[0.0; 3]; 2], [[0.0; 3]; 2]);
    let [mut least, mut sum, mut largest] = [f64::INFINITY, 0.0, 0.0];
    let mut total = 0.0;
    for row in rows.each() {
        let exposed = usize::from(row.exposed);
        let recorded = rows.sample.row(row.index).segment() as usize;
        let weight = row.weight * f64::from(row.count);
        counts[exposed][recorded] += u64::from(row.count);
        observed[exposed][recorded] += weight;
        let t = match (row.segment, labels) {
            (Segment::Organic, Some(labels)) => f64::from(labels[row.index]).clamp(0.0, 1.0),
            _ => 0.0,
        };
        corrected[exposed][row.segment as usize] += weight * (1.0 - t);
        corrected[exposed][Segment::CampaignDriven as usize] += weight * t;
        least = row.propensity.min(least);
        largest = row.propensity.max(largest);
        sum += weight * row.propensity;
        total += weight;
    }
    let is_compared = rows.mode() == Mode::Exposure;
    ExposureFindings {
        rows: counts,
        observed,
        corrected,
        propensity: is_compared.then_some([least, sum / total, largest]),
        largest_difference,
    }
}
