//! A query that a user passes as text: one SELECT, with the names and types of its columns.

use pgrx::{PgTupleDesc, pg_sys};

use super::{Connection, Failure, Oid, SqlState, from_server, record::column_name};

/// A text that was parsed and is one SELECT.
pub struct Query {
    /// The SELECT without a semicolon.
    pub text: String,
    pub columns: Vec<QueryColumn>,
}

/// A column of a query's result.
pub struct QueryColumn {
    pub name: String,
    pub type_: Oid,
}

impl Query {
    /// Parses a text in the server's encoding by itself: a text that is not one whole SELECT cannot
    /// become something else inside the parentheses of a sub-select.
    pub fn parse(connection: &Connection, written: &[u8]) -> Result<Self, Failure> {
        let written_text = from_server(written)?;
        if is_name(written_text) {
            return Err(not_a_select(written_text.trim()));
        }
        let plan = connection.prepare(written_text, &[])?;
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
            let text = statement_of(written, &*parsed)?.to_owned();
            let columns = PgTupleDesc::from_pg_unchecked((*source).resultDesc);
            Ok(Self { text, columns: columns_of(&columns)? })
        }
    }
}

/// Tells if a text is one name, such as a table's, and so no statement that returns rows.
fn is_name(text: &str) -> bool {
    let text = text.trim();
    let is_part = |letter: char| letter.is_alphanumeric() || "_.$\"".contains(letter);
    text.starts_with(|first: char| first.is_alphabetic() || "_\"".contains(first))
        && text.chars().all(is_part)
}

fn not_a_select(name: &str) -> Failure {
    Failure::new(
        SqlState::ERRCODE_SYNTAX_ERROR,
        format!("the training query must be one SELECT, but it is the name {name}"),
    )
    .with_hint(format!("Pass a SELECT, or TABLE {name}."))
}

fn not_one_select(why: &str) -> Failure {
    Failure::new(
        SqlState::ERRCODE_SYNTAX_ERROR,
        format!("the training query must be one SELECT, but {why}"),
    )
    .with_hint("Pass one SELECT whose rows are the training rows.")
}

/// Returns the part of the text that is the statement, without a semicolon and what follows it.
fn statement_of<'a>(written: &'a [u8], parsed: &pg_sys::RawStmt) -> Result<&'a str, Failure> {
    let start = usize::try_from(parsed.stmt_location).unwrap_or(0);
    let end = match usize::try_from(parsed.stmt_len) {
        Ok(length) if length > 0 => start + length,
        _ => written.len(),
    };
    from_server(written.get(start..end).unwrap_or(written))
}

fn columns_of(described: &PgTupleDesc) -> Result<Vec<QueryColumn>, Failure> {
    let mut columns = Vec::<QueryColumn>::new();
    for attribute in described.iter() {
        let name = column_name(attribute)?;
        if columns.iter().any(|column| column.name == name) {
            return Err(Failure::new(
                SqlState::ERRCODE_DUPLICATE_COLUMN,
                format!("the training query has more than one column \"{name}\""),
            )
            .with_hint("Give each column a name of its own."));
        }
        columns.push(QueryColumn { name, type_: attribute.atttypid });
    }
    Ok(columns)
}
