//! The section of the encoder: how each feature becomes inputs of the networks.

use serde::{Deserialize, Serialize};

use super::{frozen::frozen_struct, sections::Section};
use crate::encoding;

/// The encodings, in the order of the features.
#[derive(Serialize, Deserialize)]
pub(super) struct Encoder {
    encodings: Vec<Encoding>,
}

impl Section for Encoder {
    const TAG: u16 = 2;
    const REQUIRED: bool = true;
}

#[derive(Serialize, Deserialize)]
enum Encoding {
    Number {
        logarithmic: bool,
        value: Option<Input>,
        missing: Option<Input>,
        measure: Option<Measure>,
    },
    Category {
        levels: Vec<Level>,
        other: Option<Input>,
        missing: Option<Input>,
    },
}

frozen_struct! { Input of encoding::Input { mean: f32, inverse_deviation: f32 } }

frozen_struct! { Measure of encoding::Measure { origin: f32, inverse_unit: f32 } }

#[derive(Serialize, Deserialize)]
struct Level {
    name: String,
    input: Option<Input>,
}

impl From<&encoding::Encoder> for Encoder {
    fn from(encoder: &encoding::Encoder) -> Self {
        Self { encodings: encoder.encodings.iter().map(Encoding::from).collect() }
    }
}

impl From<Encoder> for encoding::Encoder {
    fn from(encoder: Encoder) -> Self {
        Self { encodings: encoder.encodings.into_iter().map(encoding::Encoding::from).collect() }
    }
}

impl From<&encoding::Encoding> for Encoding {
    fn from(of: &encoding::Encoding) -> Self {
        match of {
            encoding::Encoding::Number { logarithmic, value, missing, measure } => Self::Number {
                logarithmic: *logarithmic,
                value: value.as_ref().map(Input::from),
                missing: missing.as_ref().map(Input::from),
                measure: measure.as_ref().map(Measure::from),
            },
            encoding::Encoding::Category { levels, other, missing } => Self::Category {
                levels: levels.iter().map(Level::from).collect(),
                other: other.as_ref().map(Input::from),
                missing: missing.as_ref().map(Input::from),
            },
        }
    }
}

impl From<Encoding> for encoding::Encoding {
    fn from(of: Encoding) -> Self {
        match of {
            Encoding::Number { logarithmic, value, missing, measure } => Self::Number {
                logarithmic,
                value: value.map(Into::into),
                missing: missing.map(Into::into),
                measure: measure.map(Into::into),
            },
            Encoding::Category { levels, other, missing } => Self::Category {
                levels: levels.into_iter().map(Into::into).collect(),
                other: other.map(Into::into),
                missing: missing.map(Into::into),
            },
        }
    }
}

impl From<&encoding::Level> for Level {
    fn from((name, input): &encoding::Level) -> Self {
        Self { name: name.clone(), input: input.as_ref().map(Input::from) }
    }
}

impl From<Level> for encoding::Level {
    fn from(level: Level) -> Self {
        (level.name, level.input.map(Into::into))
    }
}
