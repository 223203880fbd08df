//! The section of the exposure of the rows.

use serde::{Deserialize, Serialize};

use super::{frozen::frozen_struct, sections::Section};
use crate::model;

/// Rows by exposure and segment, their propensity, and the difference between exposed and unexposed ones.
#[derive(Serialize, Deserialize)]
pub(super) struct ExposureFindings {
    rows: [[u64; 3]; 2],
    observed: [[f64; 3]; 2],
    corrected: [[f64; 3]; 2],
    propensity: Option<[f64; 3]>,
    largest_difference: Option<FeatureDifference>,
}

impl Section for ExposureFindings {
    const TAG: u16 = 112;
    const REQUIRED: bool = false;
}

frozen_struct! {
    FeatureDifference of model::FeatureDifference { column: u32, deviations: f64, errors: f64 }
}

impl From<&model::ExposureFindings> for ExposureFindings {
    fn from(findings: &model::ExposureFindings) -> Self {
        Self {
            rows: findings.rows,
            observed: findings.observed,
            corrected: findings.corrected,
            propensity: findings.propensity,
            largest_difference: findings.largest_difference.as_ref().map(Into::into),
        }
    }
}

impl From<ExposureFindings> for model::ExposureFindings {
    fn from(findings: ExposureFindings) -> Self {
        Self {
            rows: findings.rows,
            observed: findings.observed,
            corrected: findings.corrected,
            propensity: findings.propensity,
            largest_difference: findings.largest_difference.map(Into::into),
        }
    }
}
