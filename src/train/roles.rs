//! The SQL that reads each role's column of a training query, with errors that name the column.

use two_stage::column::Kind;

use crate::{
    features::{
        Reader,
        roles::{ATTRIBUTED, ENGAGED, SEGMENT},
    },
    pg::{
        Call, Failure, QueryColumn, SqlResult, SqlState, SqlValue, base_type, oid, sql_function,
        type_name,
    },
};

sql_function!(role);

/// Reads a number that stands for a boolean: `(column_name, value)`.
fn role(call: &Call) -> SqlResult {
    let (Some(name), Some(value)) = (call.text(0)?, call.float8(1)) else { return Ok(None) };
    if value == 0.0 || value == 1.0 {
        return Ok(Some(SqlValue::boolean(value == 1.0)));
    }
    Err(Failure::new(
        SqlState::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("column \"{name}\" of the training query cannot be {value}: it must be 0 or 1"),
    )
    .with_hint(format!("Select a condition AS {name}, or NULL if it is not known.")))
}

/// Refers to a column of the sub-select.
pub fn reference(column: &QueryColumn) -> String {
    format!("q.\"{}\"", column.name.replace('"', "\"\""))
}

fn kind(column: &QueryColumn) -> Option<Kind> {
    Reader::of_type(column.type_).map(|reader| reader.kind())
}

/// Reads the segment: as it was recorded, or by whether the customer engaged and was attributed.
pub fn segment(
    recorded: Option<&QueryColumn>,
    engaged: Option<&QueryColumn>,
    attributed: Option<&QueryColumn>,
    schema: &str,
) -> Result<String, Failure> {
    match (recorded, engaged, attributed) {
        (Some(recorded), None, None) => as_segment(recorded),
        (None, Some(engaged), attributed) => {
            let attributed = attributed.map(|column| as_boolean(column, schema)).transpose()?;
            let engaged = as_boolean(engaged, schema)?;
            Ok(outcome(&engaged, attributed.as_deref().unwrap_or("false")))
        }
        (None, None, None) => Err(no_segment()),
        (Some(_), Some(other), _) | (Some(_), None, Some(other)) => Err(Failure::new(
            SqlState::ERRCODE_AMBIGUOUS_COLUMN,
            format!(
                "the training query has both a column \"{SEGMENT}\" and a column \"{}\"",
                other.name
            ),
        )
        .with_hint("Select one of them, or name the other in the option exclude.")),
        (None, None, Some(_)) => Err(undefined(format!(
            "the training query has a column \"{ATTRIBUTED}\", but no column \"{ENGAGED}\""
        ))
        .with_hint("Select whether each customer engaged as \"engaged\".")),
    }
}

/// Makes the segment of two conditions. Each is read for every row, so that no wrong value hides.
fn outcome(engaged: &str, attributed: &str) -> String {
    let case = |name: &str| {
        format!("CASE WHEN {engaged} THEN '{name}' WHEN NOT {engaged} THEN 'low_engagement' END")
    };
    let (driven, organic) = (case("campaign_driven"), case("organic"));
    format!("CASE WHEN {attributed} THEN {driven} ELSE {organic} END::pg_catalog.text")
}

fn as_segment(column: &QueryColumn) -> Result<String, Failure> {
    match kind(column) {
        Some(Kind::Category) => Ok(format!("{}::pg_catalog.text", reference(column))),
        _ => Err(wrong_type(column, "text").with_hint(
            "Select campaign_driven, organic, low_engagement, or NULL if nothing is known.",
        )),
    }
}

/// Reads a boolean, or a number that is 0 or 1. `schema` is that of the extension.
pub fn as_boolean(column: &QueryColumn, schema: &str) -> Result<String, Failure> {
    let (name, value) = (&column.name, reference(column));
    match base_type(column.type_) {
        oid::BOOLOID => Ok(format!("({value}::pg_catalog.bool)")),
        _ if kind(column) == Some(Kind::Number) => {
            Ok(format!("{schema}.intent_role('{name}', {value}::pg_catalog.float8)"))
        }
        _ => Err(wrong_type(column, "boolean, or 0 or 1")
            .with_hint("Select true, false, or NULL if it is not known.")),
    }
}

pub fn as_float8(column: &QueryColumn) -> Result<String, Failure> {
    match kind(column) {
        Some(Kind::Number) => Ok(format!("{}::pg_catalog.float8", reference(column))),
        _ => Err(wrong_type(column, "a number")
            .with_hint(format!("Cast \"{}\" to float8.", column.name))),
    }
}

/// Makes the error for a column whose name was meant to be a role's.
pub fn nearly_named(column: &QueryColumn, role: &str) -> Failure {
    let name = column.name.replace('\u{feff}', "<BOM>");
    undefined(format!(
        "column \"{name}\" of the training query is named like the role \"{role}\", but not exactly so"
    ))
    .with_hint(format!("Select it AS {role}, or under another name if it is a feature."))
}

fn wrong_type(column: &QueryColumn, wanted: &str) -> Failure {
    Failure::new(
        SqlState::ERRCODE_DATATYPE_MISMATCH,
        format!(
            "column \"{}\" of the training query must be {wanted}, not {}",
            column.name,
            type_name(column.type_)
        ),
    )
}

fn no_segment() -> Failure {
    undefined(format!("the training query has no column \"{SEGMENT}\" or \"{ENGAGED}\""))
        .with_hint(
            "Select the observed segment of each customer as \"observed_segment\", or whether each engaged as \"engaged\".",
        )
}

/// Makes an error about a column that is not there.
pub fn undefined(message: impl Into<String>) -> Failure {
    Failure::new(SqlState::ERRCODE_UNDEFINED_COLUMN, message)
}
