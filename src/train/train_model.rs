//! `train_model`: trains on a query, saves the model and makes it the active one.
//!
//! The text of the query becomes a sub-select of one SELECT that calls the aggregate. That SELECT is
//! planned for parallel workers and run to its end, which an INSERT … SELECT would not be.

use two_stage::model::Report;

use super::{options::QueryOptions, query::Selection};
use crate::{
    models::{self, NewVersion, Registry, check_name, null_argument},
    pg::{
        self, Call, Connection, Failure, Oid, Query, SqlResult, SqlState, SqlValue, connect,
        extension_schema, oid, refuse_read_only, sql_function, text_parameter,
    },
};

sql_function!(train_model);

fn train_model(call: &Call) -> SqlResult {
    let name = call.text(0)?.ok_or_else(|| null_argument("name"))?;
    // Checked before the training, which may take long.
    check_name(name)?;
    refuse_read_only(c"train_model()");
    let registry = Registry::of(call)?;
    registry.check_may_save()?;
    let query = call.bytes(1).ok_or_else(|| null_argument("training_query"))?;
    let options = QueryOptions::read(call.bytes(2))?;
    let schema = extension_schema(call)?;

    let trained = connect(|connection| {
        let query = Query::parse(connection, query)?;
        let statement = Selection::of(&query, &options.excluded)?.statement(&schema, &query);
        pg::debug(format!("training query: {statement}"));
        train(connection, &statement, &options.json)
    })?;
    let model = models::decode(&trained.bytes)?;
    let version = registry.save(&NewVersion {
        name,
        model: SqlValue::bytes(&trained.bytes)?.with_type(trained.type_)?,
        activate: true,
        comment: None,
    })?;
    summary(call, version, model.report())
}

/// The value of a model, whose type depends on where the extension is installed.
struct Trained {
    bytes: Vec<u8>,
    type_: Oid,
}

fn train(connection: &Connection, statement: &str, options: &str) -> Result<Trained, Failure> {
    let plan = connection.plan(statement, &[oid::TEXTOID])?;
    let rows = connection.execute_plan(&plan, &[text_parameter(Some(options))?])?;
    let bytes = rows.first_bytes()?.ok_or_else(|| {
        Failure::new(SqlState::ERRCODE_DATA_EXCEPTION, "the training query gave no model to save")
            .with_hint("Let the query return rows with an observed segment.")
    })?;
    Ok(Trained { bytes, type_: rows.first_type() })
}

fn summary(call: &Call, version: i32, report: &Report) -> SqlResult {
    let frequency = report.label_frequency.as_ref().map(|frequency| frequency.mean());
    call.return_row(&[
        ("version", Some(SqlValue::int4(version))),
        ("rows", Some(SqlValue::count(report.rows))),
        ("mode", Some(SqlValue::text(report.mode.name())?)),
        ("label_frequency", frequency.map(SqlValue::float8)),
        ("campaign_share", report.campaign_share.map(|(share, _)| SqlValue::float8(share))),
        ("corrected", Some(SqlValue::count(report.corrected))),
        ("warnings", Some(SqlValue::strings(&report.warnings)?)),
    ])
}
