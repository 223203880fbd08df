//! The section of a model's origin.

use serde::{Deserialize, Serialize};

use super::{frozen::frozen_struct, sections::Section};
use crate::{Result, model, serial::corrupt};

/// The version, the types and the roles' columns.
#[derive(Serialize, Deserialize)]
pub(super) struct Origin {
    version: String,
    /// The types, each once, in the order of their names.
    types: Vec<String>,
    /// The place of each feature's type among them.
    places: Vec<u16>,
    roles: Vec<RoleColumn>,
}

impl Section for Origin {
    const TAG: u16 = 113;
    const REQUIRED: bool = false;
}

frozen_struct! { RoleColumn of model::RoleColumn { role: String, column: String } }

impl From<&model::Origin> for Origin {
    fn from(origin: &model::Origin) -> Self {
        let mut types = origin.types.clone();
        types.sort_unstable();
        types.dedup();
        let place = |name: &String| types.partition_point(|known| known < name) as u16;
        Self {
            version: origin.version.clone(),
            places: origin.types.iter().map(place).collect(),
            types,
            roles: origin.roles.iter().map(RoleColumn::from).collect(),
        }
    }
}

impl TryFrom<Origin> for model::Origin {
    type Error = crate::Error;

    fn try_from(of: Origin) -> Result<Self> {
        let unknown = || corrupt("model", "a feature's type is not among its types");
        let type_ = |&place: &u16| of.types.get(usize::from(place)).cloned().ok_or_else(unknown);
        Ok(Self {
            types: of.places.iter().map(type_).collect::<Result<_>>()?,
            version: of.version,
            roles: of.roles.into_iter().map(Into::into).collect(),
        })
    }
}
