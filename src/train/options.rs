//! The options of a training, and the table `train_options()`.

use serde_json::{Map, Value as Json};
use two_stage::options::{self, OptionInfo, Options};

use crate::{
    features::roles::is_role,
    pg::{Call, Failure, SqlResult, SqlState, SqlValue, json_of_content, sql_function},
};

sql_function!(train_options);

/// The option that only train_model has, because it reads columns by itself.
const EXCLUDE: &str = "exclude";

fn train_options(call: &Call) -> SqlResult {
    let exclude = [
        EXCLUDE,
        "[]",
        "an array of column names",
        "columns of the query that are not features, such as a key (train_model only)",
    ];
    let table = options::table();
    let options = table.iter().map(|info| {
        let OptionInfo { name, default, range, meaning } = info;
        [*name, default.as_str(), range.as_str(), *meaning]
    });
    call.return_table(&["name", "default_value", "range", "meaning"], |table| {
        for [name, default, range, meaning] in options.chain([exclude]) {
            table.push(&[
                Some(SqlValue::text(name)?),
                Some(SqlValue::text(default)?),
                Some(SqlValue::text(range)?),
                Some(SqlValue::text(meaning)?),
            ])?;
        }
        Ok(())
    })
}

/// Reads the options of the aggregate from the content of a jsonb. NULL means no options.
pub fn read_options(written: Option<&[u8]>) -> Result<Options, Failure> {
    match written {
        None => Ok(Options::default()),
        Some(content) => checked(Options::from_json(&json_of_content(content)?)?),
    }
}

/// Refuses a column as the customer that has a role of its own.
fn checked(options: Options) -> Result<Options, Failure> {
    match options.customer().filter(|name| is_role(name)) {
        None => Ok(options),
        Some(name) => Err(Failure::new(
            SqlState::ERRCODE_INVALID_PARAMETER_VALUE,
            format!("option \"customer\" names \"{name}\", which has a role of its own"),
        )
        .with_hint("Name the column that says whose row it is.")),
    }
}

/// The options of train_model: those of the aggregate, as JSON, the excluded columns, and the column
/// that names the customer.
pub struct QueryOptions {
    pub json: String,
    pub excluded: Vec<String>,
    pub customer: Option<String>,
}

impl QueryOptions {
    /// Reads options, and refuses wrong ones before the query runs.
    pub fn read(written: Option<&[u8]>) -> Result<Self, Failure> {
        let json = written.map_or_else(|| Ok("{}".to_owned()), json_of_content)?;
        let Ok(Json::Object(mut given)) = serde_json::from_str(&json) else {
            // The aggregate's own error for options that are not an object.
            Options::from_json(&json)?;
            return Err(Failure::internal("options are not an object, yet were read"));
        };
        let excluded = match given.remove(EXCLUDE) {
            None | Some(Json::Null) => Vec::new(),
            Some(names) => serde_json::from_value(names).map_err(|_| {
                Failure::new(
                    SqlState::ERRCODE_INVALID_PARAMETER_VALUE,
                    "option \"exclude\" must be an array of column names",
                )
                .with_hint("Write it as '{\"exclude\": [\"id\"]}'.")
            })?,
        };
        check_known(&given)?;
        let json = Json::Object(given).to_string();
        let customer = checked(Options::from_json(&json)?)?.customer();
        Ok(Self { json, excluded, customer })
    }
}

/// Refuses an unknown option with a hint that also lists what only train_model has.
fn check_known(given: &Map<String, Json>) -> Result<(), Failure> {
    let mut names: Vec<&str> = options::table().iter().map(|info| info.name).collect();
    let unknown =
        |(name, value): &(&String, &Json)| !names.contains(&name.as_str()) && !value.is_null();
    let Some((name, _)) = given.iter().find(unknown) else { return Ok(()) };
    let message = format!("unknown option \"{name}\"");
    names.push(EXCLUDE);
    Err(Failure::new(SqlState::ERRCODE_INVALID_PARAMETER_VALUE, message)
        .with_hint(format!("Use one of {}.", names.join(", "))))
}
