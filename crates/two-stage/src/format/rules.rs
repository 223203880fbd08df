//! The sections of what turns network outputs into a score and a segment: the intent and the offsets.

use serde::{Deserialize, Serialize};

use super::{frozen::frozen_struct, sections::Section};
use crate::model;

/// The source of the intent.
#[derive(Serialize, Deserialize)]
pub(super) enum Intent {
    Learned,
    Rescaled { intercept: f64, slope: f64, center: f64, ratio: f64 },
    Constant(f64),
}

impl Section for Intent {
    const TAG: u16 = 5;
    const REQUIRED: bool = true;
}

frozen_struct! { Offsets of model::Offsets { engaged: [f64; 2], never: [bool; 2] } }

impl Section for Offsets {
    const TAG: u16 = 6;
    const REQUIRED: bool = true;
}

impl From<model::Intent> for Intent {
    fn from(intent: model::Intent) -> Self {
        match intent {
            model::Intent::Learned => Self::Learned,
            model::Intent::Rescaled(model::Slope { intercept, slope, center, ratio }) => {
                Self::Rescaled { intercept, slope, center, ratio }
            }
            model::Intent::Constant(intent) => Self::Constant(intent),
        }
    }
}

impl From<Intent> for model::Intent {
    fn from(intent: Intent) -> Self {
        match intent {
            Intent::Learned => Self::Learned,
            Intent::Rescaled { intercept, slope, center, ratio } => {
                Self::Rescaled(model::Slope { intercept, slope, center, ratio })
            }
            Intent::Constant(intent) => Self::Constant(intent),
        }
    }
}
