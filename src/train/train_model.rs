//! `train_model`: trains on a query, saves the model and makes it the active one, if it may be.
//!
//! The text of the query becomes a sub-select of one SELECT that calls the aggregate. That SELECT is
//! planned for parallel workers and run to its end, which an INSERT … SELECT would not be.

use two_stage::{codec, model::TwoStageModel};

use super::{activation, options::QueryOptions, query::Selection};
use crate::{
    models::{self, NewVersion, Registry, Saved, check_name, null_argument},
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
    let activate = call.boolean(3).ok_or_else(|| null_argument("activate"))?;
    let registry = Registry::of(call)?;
    registry.check_may_save(activate)?;
    let query = call.bytes(1).ok_or_else(|| null_argument("training_query"))?;
    let options = QueryOptions::read(call.bytes(2))?;
    let schema = extension_schema(call)?;

    let (selection, trained) = connect(|connection| {
        let query = Query::parse(connection, query)?;
        let selection = Selection::of(&query, &options, &schema)?;
        let statement = selection.statement(&schema, &query);
        pg::debug(format!("training query: {statement}"));
        let trained = train(connection, &statement, &options.json)?;
        Ok((selection, trained))
    })?;
    let mut model = models::decode(&trained.bytes)?;
    report_roles(&selection, &mut model);
    let bytes = codec::encode_model(&model)?;
    let saved = registry.save(&NewVersion {
        name,
        model: SqlValue::bytes(&bytes)?.with_type(trained.type_)?,
        activate: activation::condition(activate, &model),
        comment: None,
    })?;
    if activate && !saved.activated {
        activation::warn(name, &saved, &model);
    }
    summary(call, &saved, &model)
}

/// Says which columns were taken for what, in a NOTICE and in the model, and adds the warning of an
/// exposure that tells nothing.
fn report_roles(selection: &Selection, model: &mut TwoStageModel) {
    pg::notice(selection.description(model.report()), None);
    model.set_roles(selection.roles().to_vec());
    if let Some(warning) = selection.one_sided_exposure(model.report()) {
        pg::warning(&warning);
        model.add_warning(warning);
    }
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

fn summary(call: &Call, saved: &Saved, model: &TwoStageModel) -> SqlResult {
    let report = model.report();
    let frequency = model.mean_label_frequency();
    call.return_row(&[
        ("version", Some(SqlValue::int4(saved.version))),
        ("rows", Some(SqlValue::count(report.rows))),
        ("mode", Some(SqlValue::text(report.mode.name())?)),
        ("label_frequency", frequency.map(SqlValue::float8)),
        ("campaign_share", report.campaign_share.map(|(share, _)| SqlValue::float8(share))),
        ("corrected", Some(SqlValue::count(report.corrected))),
        ("warnings", Some(SqlValue::strings(&report.warnings)?)),
        ("activated", Some(SqlValue::boolean(saved.activated))),
    ])
}
