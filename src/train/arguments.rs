//! The arguments of the aggregate, whose places depend on how many there are.

use two_stage::{sample::Target, segment::Segment};

use crate::pg::{Call, Failure};

/// The place of the features; the state stands before them.
pub const FEATURES: usize = 1;
const SEGMENT: usize = 2;

/// The places of the optional arguments, `None` if the aggregate was called without.
pub struct Arguments {
    exposed: Option<usize>,
    propensity: Option<usize>,
    weight: Option<usize>,
    options: Option<usize>,
}

impl Arguments {
    pub fn of(call: &Call) -> Result<Self, Failure> {
        let (exposed, propensity, weight, options) = match call.argument_count() {
            3 => (None, None, None, None),
            4 => (None, None, None, Some(3)),
            5 => (Some(3), None, None, Some(4)),
            7 => (Some(3), Some(4), Some(5), Some(6)),
            _ => return Err(Failure::internal("declared with another number of arguments")),
        };
        Ok(Self { exposed, propensity, weight, options })
    }

    /// Reads everything of a row but its features.
    pub fn target(&self, call: &Call) -> Result<Target, Failure> {
        let segment = call.text(SEGMENT)?.map(Segment::parse).transpose()?;
        Ok(Target {
            segment,
            exposed: match self.exposed {
                Some(place) => call.boolean(place),
                None => Some(true),
            },
            propensity: self.propensity.and_then(|place| call.float8(place)),
            weight: self.weight.and_then(|place| call.float8(place)),
            customer: None,
        })
    }

    /// Returns the content of the options' jsonb.
    pub fn options<'c>(&self, call: &'c Call) -> Option<&'c [u8]> {
        self.options.and_then(|place| call.bytes(place))
    }
}
