//! The sections of the epochs, and of the comparison with standard models.

use serde::{Deserialize, Serialize};

use super::{
    frozen::{frozen_enum, frozen_struct},
    sections::Section,
};
use crate::model;

/// The figures of the model and of the standard models on the same rows.
#[derive(Serialize, Deserialize)]
pub(super) struct Comparisons {
    pub models: Vec<Comparison>,
}

impl Section for Comparisons {
    const TAG: u16 = 106;
    const REQUIRED: bool = false;
}

frozen_struct! {
    Comparison of model::Comparison {
        model: String,
        auc: Option<f64>,
        macro_f1: Option<f64>,
        qini: Option<f64>,
        qini_se: Option<f64>,
    }
}

/// The epochs of all stages.
#[derive(Serialize, Deserialize)]
pub(super) struct History {
    pub epochs: Vec<Epoch>,
}

impl Section for History {
    const TAG: u16 = 107;
    const REQUIRED: bool = false;
}

frozen_struct! {
    Epoch of model::Epoch {
        stage: Stage,
        member: u8,
        epoch: u32,
        training_loss: f64,
        validation_loss: Option<f64>,
        corrected: Option<u64>,
        kept: bool,
    }
}

frozen_enum! { Stage of model::Stage { LabelCorrection, Segmentation, Distillation, Uplift } }
