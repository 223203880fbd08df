//! The sections of what a training counted and found.

use serde::{Deserialize, Serialize};

use super::{
    frozen::{frozen_enum, frozen_struct},
    sections::Section,
};
use crate::{model, sample};

/// The options, as the JSON object that names them.
#[derive(Serialize, Deserialize)]
pub(super) struct Options {
    pub json: String,
}

impl Section for Options {
    const TAG: u16 = 101;
    const REQUIRED: bool = false;
}

/// Numbers of rows.
#[derive(Serialize, Deserialize)]
pub(super) struct Rows {
    pub counts: Counts,
    pub used: u64,
    pub engaged: u64,
    pub labelled: u64,
}

frozen_struct! {
    Counts of sample::Counts {
        read: u64, null_features: u64, unlabelled: u64, zero_weight: u64, unknown_exposure: u64,
        unexposed: u64, no_overlap: u64,
    }
}

impl Section for Rows {
    const TAG: u16 = 102;
    const REQUIRED: bool = false;
}

/// The findings, each one number or word.
#[derive(Serialize, Deserialize)]
pub(super) struct Findings {
    pub mode: Mode,
    /// The campaign share and its standard error.
    pub campaign_share: Option<(f64, f64)>,
    pub corrected: u64,
    pub corrected_total: f64,
    pub propensity: Option<PropensitySource>,
    pub segments: SegmentSizes,
    pub customers: Option<u64>,
}

impl Section for Findings {
    const TAG: u16 = 103;
    const REQUIRED: bool = false;
}

frozen_enum! { Mode of model::Mode { Simple, Exposure } }
frozen_enum! { PropensitySource of model::PropensitySource { Constant, Given, Estimated } }
frozen_struct! {
    SegmentSizes of model::SegmentSizes { rule: Rule, expected: [f64; 3], given: [f64; 3] }
}
frozen_enum! { Rule of model::Rule { ExpectedSize, ExpectedEngagement, MostProbable, OverRepresented } }

/// The importance of each feature, in the order of the features.
#[derive(Serialize, Deserialize)]
pub(super) struct Importance {
    pub shares: Vec<f64>,
}

impl Section for Importance {
    const TAG: u16 = 104;
    const REQUIRED: bool = false;
}

/// The warnings.
#[derive(Serialize, Deserialize)]
pub(super) struct Warnings {
    pub texts: Vec<String>,
}

impl Section for Warnings {
    const TAG: u16 = 105;
    const REQUIRED: bool = false;
}

impl From<&model::Report> for Rows {
    fn from(report: &model::Report) -> Self {
        Self {
            counts: (&report.counts).into(),
            used: report.rows,
            engaged: report.rows_engaged,
            labelled: report.rows_labelled,
        }
    }
}

impl From<&model::Report> for Findings {
    fn from(report: &model::Report) -> Self {
        Self {
            mode: report.mode.into(),
            campaign_share: report.campaign_share,
            corrected: report.corrected,
            corrected_total: report.corrected_total,
            propensity: report.propensity.map(Into::into),
            segments: (&report.segments).into(),
            customers: report.customers,
        }
    }
}
