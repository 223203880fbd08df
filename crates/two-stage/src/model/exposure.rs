//! The exposure of the training rows: how many of each segment were exposed, and how far exposed customers
//! differ from others.

/// The exposure of the rows that a training used. Each table is of the unexposed rows, then of the exposed
/// ones; within these it is in the order of the segments.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExposureFindings {
    /// Numbers of rows by observed segment.
    pub rows: [[u64; 3]; 2],
    /// Weights of rows by observed segment; the mean weight is 1.
    pub observed: [[f64; 3]; 2],
    /// Weights of rows by corrected segment: of a row recorded organic, t is campaign-driven.
    pub corrected: [[f64; 3]; 2],
    /// The least, the mean and the largest probability of exposure; `None` in simple mode.
    pub propensity: Option<[f64; 3]>,
    /// The largest difference between exposed and unexposed rows; `None` where the guard of random
    /// exposure did not look for any.
    pub largest_difference: Option<FeatureDifference>,
}

/// The difference of a feature's means between exposed and unexposed rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FeatureDifference {
    /// The place of the feature among the columns.
    pub column: u32,
    /// Its size in standard deviations.
    pub deviations: f64,
    /// Its size in standard errors.
    pub errors: f64,
}

impl ExposureFindings {
    /// The weighted share of exposed rows; 1 in simple mode.
    pub fn exposed_share(&self) -> f64 {
        let [unexposed, exposed] = self.observed.map(|weights| weights.iter().sum::<f64>());
        exposed / (unexposed + exposed)
    }

    /// Checks bytes from a table.
    pub(super) fn is_sound(&self, columns: usize) -> bool {
        let weights = self.observed.iter().chain(&self.corrected).flatten();
        let difference = self.largest_difference;
        weights.chain(self.propensity.iter().flatten()).all(|number| *number >= 0.0)
            && self.exposed_share().is_finite()
            && difference.is_none_or(|difference| (difference.column as usize) < columns)
    }
}
