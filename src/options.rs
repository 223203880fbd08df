//! The options of a training: jsonb as text, and the table `train_options()`.

use std::ffi::{CStr, CString};

use pgrx::{
    direct_function_call, direct_function_call_as_datum,
    pg_sys::{self, Datum},
};
use two_stage::options::{self, OptionInfo};

use crate::{
    call::{Call, SqlResult, bytes_value, sql_function, text_value},
    report::Failure,
    text,
};

sql_function!(train_options);

/// The option that only train_model has: it reads columns by itself.
pub const EXCLUDE: &str = "exclude";

fn train_options(call: &Call) -> SqlResult {
    call.return_table(|table| {
        for info in options::table() {
            let OptionInfo { name, default, range, meaning, .. } = info;
            table.push(&line([name, default, range, meaning])?)?;
        }
        table.push(&line([
            EXCLUDE,
            "[]",
            "an array of column names",
            "columns of the query that are not features, such as a key (train_model only)",
        ])?)
    })
}

fn line(texts: [&str; 4]) -> Result<[Option<Datum>; 4], Failure> {
    let mut values = [None; 4];
    for (value, text) in values.iter_mut().zip(texts) {
        *value = Some(text_value(text)?);
    }
    Ok(values)
}

/// The content of a jsonb value, as JSON text.
pub fn json_text(content: &[u8]) -> Result<String, Failure> {
    let value = bytes_value(content)?;
    // SAFETY: the value is a jsonb, whose output is a NUL-terminated string.
    let written: &CStr = unsafe { direct_function_call(pg_sys::jsonb_out, &[Some(value)]) }
        .ok_or_else(|| Failure::internal("a jsonb had no text"))?;
    Ok(text::from_server(written.to_bytes())?.to_owned())
}

/// A jsonb value of JSON text.
pub fn jsonb_value(json: &str) -> Result<Datum, Failure> {
    let text = CString::new(text::to_server(json)?)
        .map_err(|_| Failure::internal("JSON text contains a NUL"))?;
    // SAFETY: jsonb's input function takes a NUL-terminated string, which outlives the call.
    unsafe { direct_function_call_as_datum(pg_sys::jsonb_in, &[Some(Datum::from(text.as_ptr()))]) }
        .ok_or_else(|| Failure::internal("JSON text gave no jsonb"))
}
