//! The error of a user who has not the rights that a function needs on the tables of named models.

use std::ffi::CStr;

use crate::pg::{
    Failure, Right,
    Right::{Delete, Insert, Select, Update},
    Rights, SqlState, current_user,
};

/// The rights that a function needs on each table.
pub type Needed = &'static [(&'static CStr, &'static [Right])];

const VERSIONS: (&CStr, &[Right]) = (c"intent_model_versions", &[Select, Insert, Update]);

pub const TO_READ: Needed = &[(c"intent_models", &[Select])];
pub const TO_SAVE: Needed = &[(c"intent_models", &[Select, Insert]), VERSIONS];
pub const TO_SAVE_ACTIVE: Needed = &[(c"intent_models", &[Select, Insert, Update]), VERSIONS];
pub const TO_ACTIVATE: Needed = &[(c"intent_models", &[Select, Update]), VERSIONS];
pub const TO_DROP: Needed = &[(c"intent_models", &[Select, Delete]), VERSIONS];

/// Raises PostgreSQL's error with the GRANT that mends it, if the current user has not these rights.
pub fn require(rights: &Rights, schema: &str, needed: Needed) -> Result<(), Failure> {
    let lacks = |(table, wanted): &&(&CStr, &[Right])| {
        wanted.iter().any(|&right| !rights.has(table, right))
    };
    let Some((table, _)) = needed.iter().find(lacks) else { return Ok(()) };
    let user = current_user()?;
    let grants = needed.iter().map(|(table, wanted)| {
        let rights: Vec<_> = wanted.iter().map(|right| right.name()).collect();
        format!("GRANT {} ON {schema}.{} TO {user};", rights.join(", "), table.to_string_lossy())
    });
    let grants: Vec<_> = grants.collect();
    Err(Failure::new(
        SqlState::ERRCODE_INSUFFICIENT_PRIVILEGE,
        format!("permission denied for table {}", table.to_string_lossy()),
    )
    .with_hint(format!("Let the owner of the table run: {}", grants.join(" "))))
}
