//! The query that a user trains on: one SELECT, whose columns are features, or mean something to
//! the aggregate by their names.

use std::ffi::CStr;

use pgrx::{
    PgSqlErrorCode,
    pg_sys::{self, Oid},
};
use two_stage::features::Kind;

use crate::{
    call::look_at,
    features::{Reader, type_name},
    report::Failure,
    spi::Connection,
    text,
};

/// A query that was parsed, and found to be one SELECT.
pub struct TrainingQuery {
    /// Without a semicolon.
    text: String,
    columns: Vec<QueryColumn>,
}

struct QueryColumn {
    name: String,
    type_: Oid,
}

impl TrainingQuery {
    /// Parses a text, in the server's encoding, as it stands: what is not one whole SELECT by
    /// itself cannot become something else inside the parentheses of a sub-select.
    pub fn describe(connection: &Connection, written: &[u8]) -> Result<Self, Failure> {
        let plan = connection.prepare(text::from_server(written)?, &[])?;
        // SAFETY: the plan lives as long as the connection; its sources are read here only.
        unsafe {
            let sources = pg_sys::SPI_plan_get_plan_sources(plan);
            let count = if sources.is_null() { 0 } else { (*sources).length };
            if count != 1 {
                return Err(not_one_select(&format!("it holds {count} statements")));
            }
            let source = (*(*sources).elements).ptr_value.cast::<pg_sys::CachedPlanSource>();
            let parsed = (*source).raw_parse_tree;
            let selects = (*(*parsed).stmt).type_ == pg_sys::NodeTag::T_SelectStmt;
            if !selects || (*source).resultDesc.is_null() {
                return Err(not_one_select("it is another command"));
            }
            Ok(Self {
                text: statement_of(written, &*parsed)?.to_owned(),
                columns: columns_of((*source).resultDesc)?,
            })
        }
    }

    fn column(&self, name: &str) -> Option<&QueryColumn> {
        self.columns.iter().find(|column| column.name == name)
    }
}

fn not_one_select(why: &str) -> Failure {
    Failure::new(
        PgSqlErrorCode::ERRCODE_SYNTAX_ERROR,
        format!("the training query must be one SELECT, but {why}"),
    )
    .with_hint("Pass one SELECT whose rows are the training rows.")
}

/// The part of the text that is the statement, without the semicolon and what follows it.
fn statement_of<'a>(written: &'a [u8], parsed: &pg_sys::RawStmt) -> Result<&'a str, Failure> {
    let start = usize::try_from(parsed.stmt_location).unwrap_or(0);
    let end = match usize::try_from(parsed.stmt_len) {
        Ok(length) if length > 0 => start + length,
        _ => written.len(),
    };
    text::from_server(written.get(start..end).unwrap_or(written))
}

/// # Safety
/// `described` is valid during the call.
unsafe fn columns_of(described: pg_sys::TupleDesc) -> Result<Vec<QueryColumn>, Failure> {
    let mut columns = Vec::<QueryColumn>::new();
    // SAFETY: by the contract of this function; a column's name ends with a NUL.
    let described = unsafe { look_at(described) };
    for attribute in described.iter() {
        let name = unsafe { CStr::from_ptr(attribute.attname.data.as_ptr()) };
        let name = text::from_server(name.to_bytes())?.to_owned();
        if columns.iter().any(|column| column.name == name) {
            return Err(Failure::new(
                PgSqlErrorCode::ERRCODE_DUPLICATE_COLUMN,
                format!("the training query has more than one column \"{name}\""),
            )
            .with_hint("Give each column a name of its own."));
        }
        let type_ = attribute.atttypid;
        columns.push(QueryColumn { name, type_ });
    }
    Ok(columns)
}

/// What each column of a training query is for, as SQL expressions.
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
    pub fn of(query: &TrainingQuery, excluded: &[String]) -> Result<Self, Failure> {
        if let Some(name) = excluded.iter().find(|name| query.column(name).is_none()) {
            return Err(undefined(format!(
                "option \"exclude\" names column \"{name}\", which the training query does not have"
            ))
            .with_hint("Name columns of the training query."));
        }
        let used =
            |name: &str| query.column(name).filter(|column| !excluded.contains(&column.name));
        let selection = Self {
            features: query
                .columns
                .iter()
                .filter(|column| !excluded.contains(&column.name) && !column.is_special())
                .map(QueryColumn::reference)
                .collect(),
            segment: used(SEGMENT).ok_or_else(no_segment)?.as_segment()?,
            exposed: used(EXPOSED).map(QueryColumn::as_boolean).transpose()?,
            propensity: used(PROPENSITY).map(QueryColumn::as_float8).transpose()?,
            weight: used(WEIGHT).map(QueryColumn::as_float8).transpose()?,
        };
        if selection.features.is_empty() {
            return Err(undefined("the training query has no features".to_owned())
                .with_hint("Select at least one column that is a feature."));
        }
        if selection.propensity.is_some() && selection.exposed.is_none() {
            return Err(undefined(format!(
                "the training query has a column \"{PROPENSITY}\", but no column \"{EXPOSED}\""
            ))
            .with_hint("Select whether each customer was exposed, as \"exposed\"."));
        }
        Ok(selection)
    }

    /// The SELECT that trains; $1 is the options. The names of the features come through the
    /// sub-select's row.
    pub fn statement(&self, schema: &str, query: &TrainingQuery) -> String {
        let Self { features, segment, .. } = self;
        let row = unused_name(query);
        let features = features.join(", ");
        let known = self.known_beside();
        let text = &query.text;
        format!(
            "SELECT {schema}.train_intent_model({row}, {segment}, {known}$1::pg_catalog.jsonb) \
             FROM (\n{text}\n) AS q, LATERAL (SELECT {features}) AS {row}"
        )
    }

    /// The arguments between segment and options, each with a comma behind it.
    fn known_beside(&self) -> String {
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

/// A name that no column has: as an argument, a column would be taken before a row.
fn unused_name(query: &TrainingQuery) -> String {
    let mut name = "features".to_owned();
    while query.column(&name).is_some() {
        name.push('_');
    }
    name
}

impl QueryColumn {
    fn is_special(&self) -> bool {
        [SEGMENT, EXPOSED, PROPENSITY, WEIGHT].contains(&self.name.as_str())
    }

    fn reference(&self) -> String {
        format!("q.\"{}\"", self.name.replace('"', "\"\""))
    }

    fn kind(&self) -> Option<Kind> {
        Reader::of_type(self.type_).map(|reader| reader.kind())
    }

    fn as_segment(&self) -> Result<String, Failure> {
        match self.kind() {
            Some(Kind::Category) => Ok(format!("{}::pg_catalog.text", self.reference())),
            _ => Err(self.of_wrong_type("text").with_hint(
                "Select campaign_driven, organic, low_engagement, or NULL where nothing is known.",
            )),
        }
    }

    fn as_boolean(&self) -> Result<String, Failure> {
        // SAFETY: looks a type up in the catalog.
        match unsafe { pg_sys::getBaseType(self.type_) } {
            pg_sys::BOOLOID => Ok(format!("{}::pg_catalog.bool", self.reference())),
            pg_sys::INT2OID | pg_sys::INT4OID | pg_sys::INT8OID => {
                Ok(format!("{} OPERATOR(pg_catalog.<>) 0", self.reference()))
            }
            _ => Err(self
                .of_wrong_type("boolean or integer")
                .with_hint("Select true, false, or NULL where it is not known.")),
        }
    }

    fn as_float8(&self) -> Result<String, Failure> {
        match self.kind() {
            Some(Kind::Number) => Ok(format!("{}::pg_catalog.float8", self.reference())),
            _ => Err(self
                .of_wrong_type("a number")
                .with_hint(format!("Cast \"{}\" to float8.", self.name))),
        }
    }

    fn of_wrong_type(&self, wanted: &str) -> Failure {
        Failure::new(
            PgSqlErrorCode::ERRCODE_DATATYPE_MISMATCH,
            format!(
                "column \"{}\" of the training query must be {wanted}, not {}",
                self.name,
                type_name(self.type_)
            ),
        )
    }
}

fn no_segment() -> Failure {
    undefined(format!("the training query has no column \"{SEGMENT}\""))
        .with_hint("Select what was observed of each customer, as \"observed_segment\".")
}

fn undefined(message: String) -> Failure {
    Failure::new(PgSqlErrorCode::ERRCODE_UNDEFINED_COLUMN, message)
}
