//! The functions that save, activate and drop named models.

use super::registry::{Activate, NewVersion, Registry};
use crate::pg::{Call, Failure, SqlResult, SqlState, SqlValue, settings, sql_function};

sql_function!(save_model);
sql_function!(activate_model);
sql_function!(active_model);
sql_function!(drop_model);

fn save_model(call: &Call) -> SqlResult {
    let name = call.text(0)?.ok_or_else(|| null_argument("name"))?;
    let model = call.value(1)?.ok_or_else(|| null_model(name))?;
    let activate = call.boolean(2).ok_or_else(|| null_argument("activate"))?;
    let saved = Registry::of(call)?.save(&NewVersion {
        name,
        model,
        activate: if activate { Activate::Always } else { Activate::Never },
        comment: call.text(3)?,
    })?;
    Ok(Some(SqlValue::int4(saved.version)))
}

fn activate_model(call: &Call) -> SqlResult {
    let (Some(name), Some(version)) = (call.text(0)?, call.int4(1)) else {
        return Ok(None);
    };
    let before = Registry::of(call)?.activate(name, version)?;
    Ok(before.map(SqlValue::int4))
}

/// `active_model()` and `active_model(name)`.
fn active_model(call: &Call) -> SqlResult {
    let name = match call.argument_count() {
        0 => settings::default_model(),
        _ => call.bytes(0).unwrap_or_default().to_vec(),
    };
    let bytes = Registry::of(call)?.active(&name)?;
    SqlValue::bytes(&bytes).map(Some)
}

/// `drop_model(name)` and `drop_model(name, version)`.
fn drop_model(call: &Call) -> SqlResult {
    let Some(name) = call.text(0)? else {
        return Ok(None);
    };
    let registry = Registry::of(call)?;
    let dropped = if call.argument_count() == 1 {
        registry.drop_all(name)?
    } else {
        match call.int4(1) {
            Some(version) => registry.drop_version(name, version)?,
            None => return Ok(None),
        }
    };
    Ok(Some(SqlValue::int4(dropped as i32)))
}

/// Makes the error for an argument that must not be NULL.
pub fn null_argument(argument: &str) -> Failure {
    Failure::new(
        SqlState::ERRCODE_NULL_VALUE_NOT_ALLOWED,
        format!("argument \"{argument}\" is NULL"),
    )
    .with_hint("Pass a value.")
}

fn null_model(name: &str) -> Failure {
    Failure::new(
        SqlState::ERRCODE_NULL_VALUE_NOT_ALLOWED,
        format!("the model to be saved as \"{name}\" is NULL"),
    )
    .with_hint("Train it on at least one row.")
}
