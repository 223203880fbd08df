//! Values of type jsonb.

use std::ffi::{CStr, CString};

use pgrx::{
    direct_function_call, direct_function_call_as_datum,
    pg_sys::{self, Datum},
};

use super::{Failure, SqlValue, from_server, oid, to_server};

/// Converts the content of a jsonb to JSON text.
pub fn json_of_content(content: &[u8]) -> Result<String, Failure> {
    let value = SqlValue::bytes(content)?.datum();
    // SAFETY: the value has the content of a jsonb, whose output is NUL-terminated.
    let written: &CStr = unsafe { direct_function_call(pg_sys::jsonb_out, &[Some(value)]) }
        .ok_or_else(|| Failure::internal("a jsonb had no text"))?;
    Ok(from_server(written.to_bytes())?.to_owned())
}

impl SqlValue {
    /// Makes a jsonb of JSON text.
    pub fn json(json: &str) -> Result<Self, Failure> {
        let text = CString::new(to_server(json)?)
            .map_err(|_| Failure::internal("JSON text contains a NUL"))?;
        let argument = Some(Datum::from(text.as_ptr()));
        // SAFETY: the input function of jsonb takes a NUL-terminated string, which outlives the call;
        // its result is a jsonb.
        unsafe {
            direct_function_call_as_datum(pg_sys::jsonb_in, &[argument])
                .map(|datum| Self::new(datum, oid::JSONBOID))
                .ok_or_else(|| Failure::internal("JSON text gave no jsonb"))
        }
    }
}
