//! The section of the features' distributions.

use serde::{Deserialize, Serialize};

use super::{frozen::frozen_struct, sections::Section};
use crate::model;

/// The distribution of each feature, in the order of the features, and of the uplift.
#[derive(Serialize, Deserialize)]
pub(super) struct Distributions {
    pub features: Vec<Distribution>,
    pub uplift: Numbers,
}

impl Section for Distributions {
    const TAG: u16 = 108;
    const REQUIRED: bool = false;
}

#[derive(Serialize, Deserialize)]
pub(super) enum Distribution {
    Number(Numbers),
    Category(Categories),
}

frozen_struct! {
    Numbers of model::NumberDistribution {
        cuts: Vec<f32>,
        shares: Vec<f32>,
        range: Option<(f32, f32)>,
        commonest: Option<(f32, f32)>,
        missing: f32,
        mean: f32,
        deviation: f32,
    }
}

frozen_struct! { Categories of model::CategoryDistribution { other: f32, missing: f32, distinct: u64 } }

impl From<&model::Distribution> for Distribution {
    fn from(of: &model::Distribution) -> Self {
        match of {
            model::Distribution::Number(numbers) => Self::Number(numbers.into()),
            model::Distribution::Category(categories) => Self::Category(categories.into()),
        }
    }
}

impl From<Distribution> for model::Distribution {
    fn from(of: Distribution) -> Self {
        match of {
            Distribution::Number(numbers) => Self::Number(numbers.into()),
            Distribution::Category(categories) => Self::Category(categories.into()),
        }
    }
}
