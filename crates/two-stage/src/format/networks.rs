//! The sections of the networks: segmentation, and label correction with what it knows of missing labels.

use serde::{Deserialize, Serialize};

use super::{frozen::frozen_struct, sections::Section};
use crate::{model, network};

/// One network, or those of a committee.
#[derive(Serialize, Deserialize)]
pub(super) struct Segmentation {
    pub networks: Vec<Network>,
}

impl Section for Segmentation {
    const TAG: u16 = 3;
    const REQUIRED: bool = true;
}

/// The networks of stage 2, and the label frequency that a posterior takes.
#[derive(Serialize, Deserialize)]
pub(super) struct LabelCorrection {
    pub networks: Vec<CorrectionNetwork>,
    pub label_frequency: Option<LabelFrequency>,
    /// Set where a fixed threshold corrects labels.
    pub by_threshold: bool,
}

impl Section for LabelCorrection {
    const TAG: u16 = 4;
    const REQUIRED: bool = true;
}

#[derive(Serialize, Deserialize)]
pub(super) struct Network {
    inputs: u32,
    hidden: Vec<u32>,
    outputs: u32,
    parameters: Vec<f32>,
}

frozen_struct! {
    CorrectionNetwork of model::CorrectionNetwork { network: Network, learns_label_frequency: bool }
}

#[derive(Serialize, Deserialize)]
pub(super) enum LabelFrequency {
    Pooled(f64),
    Grouped { column: u32, groups: Vec<Group>, pooled: f64 },
    Learned { mean: f64 },
}

#[derive(Serialize, Deserialize)]
pub(super) struct Group {
    value: GroupValue,
    label_frequency: f64,
}

#[derive(Serialize, Deserialize)]
enum GroupValue {
    Missing,
    Number(f32),
    Category(String),
}

impl From<network::Network> for Network {
    fn from(network: network::Network) -> Self {
        let shape = network.shape();
        Self {
            inputs: shape.inputs as u32,
            hidden: shape.hidden.iter().map(|&width| width as u32).collect(),
            outputs: shape.outputs as u32,
            parameters: network.parameters().to_vec(),
        }
    }
}

impl From<Network> for network::Network {
    fn from(network: Network) -> Self {
        let shape = network::Shape {
            inputs: network.inputs as usize,
            hidden: network.hidden.iter().map(|&width| width as usize).collect(),
            outputs: network.outputs as usize,
        };
        Self::from_parameters(shape, network.parameters)
    }
}

impl From<&model::LabelFrequency> for LabelFrequency {
    fn from(of: &model::LabelFrequency) -> Self {
        match of {
            model::LabelFrequency::Pooled(c) => Self::Pooled(*c),
            model::LabelFrequency::Grouped { column, groups, pooled } => Self::Grouped {
                column: *column as u32,
                groups: groups.iter().map(Group::from).collect(),
                pooled: *pooled,
            },
            model::LabelFrequency::Learned { mean } => Self::Learned { mean: *mean },
        }
    }
}

impl From<LabelFrequency> for model::LabelFrequency {
    fn from(of: LabelFrequency) -> Self {
        match of {
            LabelFrequency::Pooled(c) => Self::Pooled(c),
            LabelFrequency::Grouped { column, groups, pooled } => Self::Grouped {
                column: column as usize,
                groups: groups.into_iter().map(Into::into).collect(),
                pooled,
            },
            LabelFrequency::Learned { mean } => Self::Learned { mean },
        }
    }
}

impl From<&(model::GroupValue, f64)> for Group {
    fn from((value, label_frequency): &(model::GroupValue, f64)) -> Self {
        let value = match value {
            model::GroupValue::Missing => GroupValue::Missing,
            model::GroupValue::Number(number) => GroupValue::Number(*number),
            model::GroupValue::Category(text) => GroupValue::Category(text.clone()),
        };
        Self { value, label_frequency: *label_frequency }
    }
}

impl From<Group> for (model::GroupValue, f64) {
    fn from(group: Group) -> Self {
        let value = match group.value {
            GroupValue::Missing => model::GroupValue::Missing,
            GroupValue::Number(number) => model::GroupValue::Number(number),
            GroupValue::Category(text) => model::GroupValue::Category(text),
        };
        (value, group.label_frequency)
    }
}
