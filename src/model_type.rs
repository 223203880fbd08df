//! The type `intent_model`: a model's bytes, checked wherever a user can write them.

use pgrx::{
    PgSqlErrorCode,
    pg_sys::{self, Datum},
};
use two_stage::{codec, model::TwoStageModel};

use crate::{
    call::{Call, SqlResult, bytes_value, sql_function},
    report::Failure,
};

sql_function!(model_in);
sql_function!(model_out);
sql_function!(model_recv);
sql_function!(model_send);

/// Reads `\x` and hexadecimal digits, as bytea is written.
fn model_in(call: &Call) -> SqlResult {
    let Some(written) = call.pointer::<std::ffi::c_char>(0) else {
        return Ok(None);
    };
    // SAFETY: the argument of a type's input function is a NUL-terminated string.
    let written = unsafe { std::ffi::CStr::from_ptr(written) }.to_bytes();
    let bytes = from_hex(written).ok_or_else(|| {
        unreadable("not \\x followed by hexadecimal digits")
            .with_code(PgSqlErrorCode::ERRCODE_INVALID_TEXT_REPRESENTATION)
    })?;
    check(&bytes).map_err(|f| f.with_code(PgSqlErrorCode::ERRCODE_INVALID_TEXT_REPRESENTATION))?;
    bytes_value(&bytes).map(Some)
}

fn model_out(call: &Call) -> SqlResult {
    let Some(bytes) = call.bytes(0) else {
        return Ok(None);
    };
    // SAFETY: the buffer has room for the two of \x, two digits a byte, and the NUL.
    unsafe {
        let length = 2 + 2 * bytes.len();
        let start = pg_sys::palloc(length + 1).cast::<u8>();
        let written = std::slice::from_raw_parts_mut(start, length + 1);
        written[..2].copy_from_slice(b"\\x");
        for (pair, byte) in written[2..length].chunks_exact_mut(2).zip(bytes) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        written[length] = 0;
        Ok(Some(Datum::from(start)))
    }
}

fn model_recv(call: &Call) -> SqlResult {
    let Some(message) = call.pointer::<pg_sys::StringInfoData>(0) else {
        return Ok(None);
    };
    // SAFETY: the argument of a type's receive function is a message; what is left of it is ours.
    let bytes = unsafe {
        let left = (*message).len - (*message).cursor;
        let start = pg_sys::pq_getmsgbytes(message, left);
        std::slice::from_raw_parts(start.cast::<u8>(), left as usize)
    };
    check(bytes)?;
    bytes_value(bytes).map(Some)
}

/// The bytes as they stand: PostgreSQL sends the content of a bytea.
fn model_send(call: &Call) -> SqlResult {
    call.bytes(0).map(bytes_value).transpose()
}

/// The model of bytes that came from a value of the type.
pub fn decode(bytes: &[u8]) -> Result<TwoStageModel, Failure> {
    codec::decode_model(bytes).map_err(Failure::from)
}

fn check(bytes: &[u8]) -> Result<(), Failure> {
    decode(bytes).map(drop)
}

fn unreadable(why: &str) -> Failure {
    Failure::new(
        PgSqlErrorCode::ERRCODE_INVALID_BINARY_REPRESENTATION,
        format!("invalid input for type intent_model: {why}"),
    )
    .with_hint("Pass a value that train_intent_model returned.")
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

fn from_hex(written: &[u8]) -> Option<Vec<u8>> {
    let digits = written.strip_prefix(b"\\x")?;
    if digits.len() % 2 != 0 {
        return None;
    }
    digits.chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|value| value as u8)
}
