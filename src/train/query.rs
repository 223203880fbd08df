//! The training query: its columns are features, or mean something to the aggregate by their names.

use two_stage::column::Kind;

use crate::{
    features::Reader,
    pg::{Failure, Query, QueryColumn, SqlState, base_type, oid, type_name},
};

/// The arguments of the aggregate as SQL expressions over the columns of a query.
pub struct Selection {
    features: Vec<String>,
    segment: String,
    exposed: Option<String>,
    propensity: Option<String>,
    weight: Option<String>,
}

const SEGMENT: &str = "observed_segment";
const EXPOSED: &str = "exposed";
const PROPENSITY: &str = "propensity";
const WEIGHT: &str = "weight";

impl Selection {
    pub fn of(query: &Query, excluded: &[String]) -> Result<Self, Failure> {
        if let Some(name) = excluded.iter().find(|name| find(query, name).is_none()) {
            return Err(undefined(format!(
                "option \"exclude\" names column \"{name}\", which the training query does not have"
            ))
            .with_hint("Name columns of the training query."));
        }
        let used = |name: &str| find(query, name).filter(|column| !excluded.contains(&column.name));
        let selection = Self {
            features: query
                .columns
                .iter()
                .filter(|column| !excluded.contains(&column.name) && !is_special(column))
                .map(reference)
                .collect(),
            segment: as_segment(used(SEGMENT).ok_or_else(no_segment)?)?,
            exposed: used(EXPOSED).map(as_boolean).transpose()?,
            propensity: used(PROPENSITY).map(as_float8).transpose()?,
            weight: used(WEIGHT).map(as_float8).transpose()?,
        };
        if selection.features.is_empty() {
            return Err(undefined("the training query has no features".to_owned())
                .with_hint("Select at least one column that is a feature."));
        }
        if selection.propensity.is_some() && selection.exposed.is_none() {
            return Err(undefined(format!(
                "the training query has a column \"{PROPENSITY}\", but no column \"{EXPOSED}\""
            ))
            .with_hint("Select the exposure of each customer as \"exposed\"."));
        }
        Ok(selection)
    }

    /// Returns the SELECT that trains; $1 is the options. The row of the sub-select carries the names of
    /// the features.
    pub fn statement(&self, schema: &str, query: &Query) -> String {
        let Self { features, segment, .. } = self;
        let row = unused_name(query);
        let features = features.join(", ");
        let optional = self.optional_arguments();
        let text = &query.text;
        format!(
            "SELECT {schema}.train_intent_model({row}, {segment}, {optional}$1::pg_catalog.jsonb) \
             FROM (\n{text}\n) AS q, LATERAL (SELECT {features}) AS {row}"
        )
    }

    /// Returns the arguments between segment and options, each followed by a comma.
    fn optional_arguments(&self) -> String {
        let exposed = self.exposed.as_deref().unwrap_or("true");
        let or_null = |given: &Option<String>| {
            given.clone().unwrap_or_else(|| "NULL::pg_catalog.float8".to_owned())
        };
        if self.propensity.is_some() || self.weight.is_some() {
            let propensity = or_null(&self.propensity);
            let weight = or_null(&self.weight);
            format!("{exposed}, {propensity}, {weight}, ")
        } else if self.exposed.is_some() {
            format!("{exposed}, ")
        } else {
            String::new()
        }
    }
}

/// Returns a name that no column has, because a column takes precedence over a row.
fn unused_name(query: &Query) -> String {
    let mut name = "features".to_owned();
    while find(query, &name).is_some() {
        name.push('_');
    }
    name
}

fn find<'q>(query: &'q Query, name: &str) -> Option<&'q QueryColumn> {
    query.columns.iter().find(|column| column.name == name)
}

fn is_special(column: &QueryColumn) -> bool {
    [SEGMENT, EXPOSED, PROPENSITY, WEIGHT].contains(&column.name.as_str())
}

/// Refers to a column of the sub-select.
fn reference(column: &QueryColumn) -> String {
    format!("q.\"{}\"", column.name.replace('"', "\"\""))
}

fn kind(column: &QueryColumn) -> Option<Kind> {
    Reader::of_type(column.type_).map(|reader| reader.kind())
}

fn as_segment(column: &QueryColumn) -> Result<String, Failure> {
    match kind(column) {
        Some(Kind::Category) => Ok(format!("{}::pg_catalog.text", reference(column))),
        _ => Err(wrong_type(column, "text").with_hint(
            "Select campaign_driven, organic, low_engagement, or NULL if nothing is known.",
        )),
    }
}

fn as_boolean(column: &QueryColumn) -> Result<String, Failure> {
    match base_type(column.type_) {
        oid::BOOLOID => Ok(format!("{}::pg_catalog.bool", reference(column))),
        oid::INT2OID | oid::INT4OID | oid::INT8OID => {
            Ok(format!("{} OPERATOR(pg_catalog.<>) 0", reference(column)))
        }
        _ => Err(wrong_type(column, "boolean or integer")
            .with_hint("Select true, false, or NULL if it is not known.")),
    }
}

fn as_float8(column: &QueryColumn) -> Result<String, Failure> {
    match kind(column) {
        Some(Kind::Number) => Ok(format!("{}::pg_catalog.float8", reference(column))),
        _ => Err(wrong_type(column, "a number")
            .with_hint(format!("Cast \"{}\" to float8.", column.name))),
    }
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
    undefined(format!("the training query has no column \"{SEGMENT}\""))
        .with_hint("Select the observed segment of each customer as \"observed_segment\".")
}

fn undefined(message: String) -> Failure {
    Failure::new(SqlState::ERRCODE_UNDEFINED_COLUMN, message)
}
