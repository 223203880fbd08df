//! `train_model`: trains on a query, saves the model and makes it the active one.
//!
//! The query's text becomes a sub-select of one SELECT that calls the aggregate. That SELECT is
//! planned for parallel workers and run to its end, which an INSERT … SELECT would not be.

use pgrx::{
    PgSqlErrorCode,
    pg_sys::{self, Datum},
};
use serde_json::Value as Json;
use two_stage::{model::Report, options::Options};

use crate::{
    call::{Call, SqlResult, bytes_of, bytes_value, sql_function, text_array, text_value},
    model_type, options,
    registry::{NewVersion, Registry, check_name, null_argument},
    report::{self, Failure},
    spi::{self, Connection},
    training_query::{Selection, TrainingQuery},
};

sql_function!(train_model);

fn train_model(call: &Call) -> SqlResult {
    let name = call.text(0)?.ok_or_else(|| null_argument("name"))?;
    // Before the training, which may take long.
    check_name(name)?;
    // SAFETY: raises an error where the transaction may not write; the name ends with a NUL.
    unsafe { pg_sys::PreventCommandIfReadOnly(c"train_model()".as_ptr()) };
    let registry = Registry::of(call)?;
    registry.check_may_save()?;
    let query = call.bytes(1).ok_or_else(|| null_argument("training_query"))?;
    let (options, excluded) = read_options(call.bytes(2))?;
    let schema = spi::schema(call)?;

    let trained = spi::connect(|connection| {
        let query = TrainingQuery::describe(connection, query)?;
        let statement = Selection::of(&query, &excluded)?.statement(&schema, &query);
        report::debug(format!("training query: {statement}"));
        train(connection, &statement, &options)
    })?;
    let model = model_type::decode(&trained.bytes)?;
    let version = registry.save(&NewVersion {
        name,
        model: bytes_value(&trained.bytes)?,
        model_type: trained.type_,
        activate: true,
        comment: None,
    })?;
    call.return_table(|table| table.push(&summary(version, model.report())?))
}

/// A model's value.
struct Trained {
    bytes: Vec<u8>,
    type_: pg_sys::Oid,
}

fn train(connection: &Connection, statement: &str, options: &str) -> Result<Trained, Failure> {
    let plan = connection.prepare(statement, &[pg_sys::TEXTOID])?;
    let argument = (pg_sys::TEXTOID, Some(text_value(options)?));
    let rows = connection.execute_plan(plan, &[argument])?;
    let model = rows.first().ok_or_else(|| {
        Failure::new(
            PgSqlErrorCode::ERRCODE_DATA_EXCEPTION,
            "the training query gave no model to save",
        )
        .with_hint("Let the query return rows with an observed segment.")
    })?;
    Ok(Trained {
        // SAFETY: the aggregate's result is of a type of variable length.
        bytes: unsafe { bytes_of(model) }.to_vec(),
        type_: rows.first_type(),
    })
}

/// The aggregate's options as JSON, and the columns that option `exclude` names.
fn read_options(written: Option<&[u8]>) -> Result<(String, Vec<String>), Failure> {
    let json = written.map_or_else(|| Ok("{}".to_owned()), options::json_text)?;
    let Ok(Json::Object(mut given)) = serde_json::from_str(&json) else {
        // The aggregate's own words for what is no object.
        Options::from_json(&json)?;
        return Err(Failure::internal("options are no object, yet were read"));
    };
    let excluded = match given.remove(options::EXCLUDE) {
        None | Some(Json::Null) => Vec::new(),
        Some(names) => serde_json::from_value(names).map_err(|_| {
            Failure::new(
                PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
                "option \"exclude\" must be an array of column names",
            )
            .with_hint("Write it as '{\"exclude\": [\"id\"]}'.")
        })?,
    };
    let options = Json::Object(given).to_string();
    // Before the query runs, not after its first row.
    Options::from_json(&options)?;
    Ok((options, excluded))
}

fn summary(version: i32, report: &Report) -> Result<[Option<Datum>; 7], Failure> {
    let float8 = |value: f64| Datum::from(value.to_bits());
    Ok([
        Some(Datum::from(version)),
        Some(Datum::from(report.rows)),
        Some(text_value(report.mode.name())?),
        report.label_frequency.as_ref().map(|frequency| float8(frequency.mean())),
        report.campaign_share.map(|(share, _)| float8(share)),
        Some(Datum::from(report.corrected)),
        Some(text_array(report.warnings.iter().map(|warning| Some(warning.as_str())))?),
    ])
}
