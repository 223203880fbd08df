//! The section of the features: their names and kinds.

use serde::{Deserialize, Serialize};

use super::{
    frozen::{frozen_enum, frozen_struct},
    sections::Section,
};
use crate::column;

/// The features, in the order in which values are scored.
#[derive(Serialize, Deserialize)]
pub(super) struct Features {
    /// Set where values are matched by position rather than by name.
    pub positional: bool,
    pub columns: Vec<Column>,
}

impl Section for Features {
    const TAG: u16 = 1;
    const REQUIRED: bool = true;
}

frozen_struct! { Column of column::Column { name: String, kind: Kind } }

frozen_enum! { Kind of column::Kind { Number, Boolean, Date, Category } }
