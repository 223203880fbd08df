//! The sections of the out-of-fold scores and of their evaluation.

use serde::{Deserialize, Serialize};

use super::{frozen::frozen_struct, sections::Section};
use crate::model;

frozen_struct! {
    OutOfFold of model::OutOfFold {
        rows: u64, segments: [f32; 3], uplift: Vec<f32>, intent: Vec<f32>,
    }
}

impl Section for OutOfFold {
    const TAG: u16 = 110;
    const REQUIRED: bool = false;
}

/// The scores against what was observed.
#[derive(Serialize, Deserialize)]
pub(super) struct Evaluation {
    model: Option<UpliftCurve>,
    engagement: Option<UpliftCurve>,
    logistic: Option<UpliftCurve>,
    calibration: Vec<Bin>,
    reliability: Option<Vec<Bin>>,
    confusion: Option<[[f32; 3]; 3]>,
}

impl Section for Evaluation {
    const TAG: u16 = 111;
    const REQUIRED: bool = false;
}

frozen_struct! {
    UpliftCurve of model::UpliftCurve {
        rows: u64, gains: Vec<f32>, errors: Vec<f32>, qini: f64, qini_error: f64,
    }
}

frozen_struct! { Bin of model::Bin { rows: u64, predicted: f32, observed: Option<(f32, f32)> } }

impl From<&model::Evaluation> for Evaluation {
    fn from(of: &model::Evaluation) -> Self {
        let bins = |bins: &Vec<model::Bin>| bins.iter().map(Bin::from).collect();
        Self {
            model: of.model.as_ref().map(Into::into),
            engagement: of.engagement.as_ref().map(Into::into),
            logistic: of.logistic.as_ref().map(Into::into),
            calibration: bins(&of.calibration),
            reliability: of.reliability.as_ref().map(bins),
            confusion: of.confusion,
        }
    }
}

impl From<Evaluation> for model::Evaluation {
    fn from(of: Evaluation) -> Self {
        let bins = |bins: Vec<Bin>| bins.into_iter().map(Into::into).collect();
        Self {
            model: of.model.map(Into::into),
            engagement: of.engagement.map(Into::into),
            logistic: of.logistic.map(Into::into),
            calibration: bins(of.calibration),
            reliability: of.reliability.map(bins),
            confusion: of.confusion,
        }
    }
}
