//! Converts text between the server's encoding and Rust's UTF-8.

use pgrx::pg_sys;

use super::{Failure, SqlState};

/// Converts the server's text to UTF-8: the same bytes if the database is UTF-8, otherwise a copy in
/// the current memory context.
pub fn from_server(bytes: &[u8]) -> Result<&str, Failure> {
    let converted = convert(bytes, pg_sys::pg_server_to_any)?;
    std::str::from_utf8(converted).map_err(|_| {
        Failure::new(
            SqlState::ERRCODE_CHARACTER_NOT_IN_REPERTOIRE,
            "text of this database cannot be read as UTF-8",
        )
        .with_hint("Use a database whose encoding is UTF8.")
    })
}

/// Converts UTF-8 text to the server's encoding: the same bytes, or a copy as in [`from_server`].
pub fn to_server(text: &str) -> Result<&[u8], Failure> {
    convert(text.as_bytes(), pg_sys::pg_any_to_server)
}

type Converter =
    unsafe fn(*const std::ffi::c_char, std::ffi::c_int, std::ffi::c_int) -> *mut std::ffi::c_char;

fn convert(bytes: &[u8], converter: Converter) -> Result<&[u8], Failure> {
    const UTF8: i32 = pg_sys::pg_enc::PG_UTF8 as i32;
    // SAFETY: reads one integer of the backend.
    if bytes.is_empty() || unsafe { pg_sys::GetDatabaseEncoding() } == UTF8 {
        return Ok(bytes);
    }
    let length = i32::try_from(bytes.len()).map_err(|_| Failure::internal("text over 2 GB"))?;
    let start = bytes.as_ptr().cast();
    // SAFETY: `start` points to `length` readable bytes; the result is either `start` itself or a
    // new NUL-terminated string in the current memory context.
    unsafe {
        let converted = converter(start, length, UTF8);
        if std::ptr::eq(converted, start) {
            Ok(bytes)
        } else {
            Ok(std::ffi::CStr::from_ptr(converted).to_bytes())
        }
    }
}
