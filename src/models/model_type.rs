//! The type `intent_model`: a model's bytes, checked wherever a user can write them.

use two_stage::{
    ErrorKind, codec,
    model::{ScoringModel, TwoStageModel},
};

use crate::pg::{Call, Failure, SqlResult, SqlState, SqlValue, hex, sql_function};

sql_function!(model_in);
sql_function!(model_out);
sql_function!(model_recv);
sql_function!(model_send);
sql_function!(model_from_bytea);

/// Reads `\x` and hexadecimal digits, as bytea is written.
fn model_in(call: &Call) -> SqlResult {
    let Some(written) = call.c_string(0) else { return Ok(None) };
    let digits = written.strip_prefix(b"\\x").filter(|digits| {
        digits.len() % 2 == 0 && digits.iter().all(|digit| digit.is_ascii_hexdigit())
    });
    let Some(digits) = digits else {
        return Err(Failure::new(
            SqlState::ERRCODE_INVALID_TEXT_REPRESENTATION,
            "invalid input for type intent_model: not \\x followed by hexadecimal digits",
        )
        .with_hint("Pass a value that train_intent_model returned."));
    };
    let bytes = hex::decode(digits)?;
    codec::check_model(&bytes).map_err(|error| match error.kind {
        ErrorKind::Corrupt => {
            Failure::from(error).with_code(SqlState::ERRCODE_INVALID_TEXT_REPRESENTATION)
        }
        _ => error.into(),
    })?;
    SqlValue::bytes(&bytes).map(Some)
}

fn model_out(call: &Call) -> SqlResult {
    let written = |bytes| SqlValue::c_string(&[b"\\x", hex::encode(bytes).as_slice()].concat());
    Ok(call.bytes(0).map(written))
}

fn model_recv(call: &Call) -> SqlResult {
    call.message(0).map_or(Ok(None), checked)
}

/// Returns the bytes of a model, which a bytea sends as they are.
fn model_send(call: &Call) -> SqlResult {
    call.bytes(0).map(SqlValue::bytes).transpose()
}

/// Casts a bytea whose bytes are a model.
fn model_from_bytea(call: &Call) -> SqlResult {
    call.bytes(0).map_or(Ok(None), checked)
}

/// Reads a whole model from its bytes.
pub fn decode(bytes: &[u8]) -> Result<TwoStageModel, Failure> {
    codec::decode_model(bytes).map_err(Failure::from)
}

/// Reads what scoring needs of a model's bytes.
pub fn decode_scoring(bytes: &[u8]) -> Result<ScoringModel, Failure> {
    codec::decode_scoring(bytes).map_err(Failure::from)
}

/// Returns bytes that are a model, and refuses others.
fn checked(bytes: &[u8]) -> SqlResult {
    codec::check_model(bytes)?;
    SqlValue::bytes(bytes).map(Some)
}
