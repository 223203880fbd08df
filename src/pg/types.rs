//! Looks up types in the catalog.

use std::ffi::CStr;

use pgrx::pg_sys;

use super::{Failure, from_server};
pub use pgrx::pg_sys::Oid;

/// The OIDs of PostgreSQL's own types.
pub mod oid {
    pub use pgrx::pg_sys::{
        ANYARRAYOID, BOOLOID, BPCHAROID, BYTEAOID, DATEOID, FLOAT4OID, FLOAT8OID, INT2OID, INT4OID,
        INT8OID, INTERVALOID, JSONBOID, MONEYOID, NAMEOID, NUMERICOID, RECORDOID, TEXTARRAYOID,
        TEXTOID, TIMESTAMPOID, TIMESTAMPTZOID, UNKNOWNOID, VARCHAROID,
    };
}

/// Returns the type under a domain, or the type itself.
pub fn base_type(type_: Oid) -> Oid {
    // SAFETY: looks a type up in the catalog.
    unsafe { pg_sys::getBaseType(type_) }
}

/// Returns the element type of an array type; `None` for any other type.
pub fn element_type(type_: Oid) -> Option<Oid> {
    // SAFETY: looks a type up in the catalog.
    let element = unsafe { pg_sys::get_element_type(type_) };
    (element != Oid::INVALID).then_some(element)
}

/// Tells if the values of a type are rows.
pub fn is_row_type(type_: Oid) -> bool {
    // SAFETY: looks a type up in the catalog.
    unsafe { pg_sys::type_is_rowtype(type_) }
}

/// Tells if a type is an enum.
pub fn is_enum(type_: Oid) -> bool {
    // SAFETY: looks a type up in the catalog.
    unsafe { pg_sys::type_is_enum(type_) }
}

/// Tells if the values of a type have a variable length.
pub fn is_variable_length(type_: Oid) -> bool {
    // SAFETY: looks a type up in the catalog.
    unsafe { pg_sys::get_typlen(type_) == -1 }
}

/// Returns the name of a type with its schema, which does not depend on the search path; types of
/// PostgreSQL's own have none.
pub fn qualified_type_name(type_: Oid) -> Result<String, Failure> {
    const FLAGS: u32 = pg_sys::FORMAT_TYPE_ALLOW_INVALID | pg_sys::FORMAT_TYPE_FORCE_QUALIFY;
    // SAFETY: the result is a NUL-terminated string, also for a type that was dropped.
    let name = unsafe { CStr::from_ptr(pg_sys::format_type_extended(type_, -1, FLAGS as _)) };
    let name = from_server(name.to_bytes())?;
    Ok(name.strip_prefix("pg_catalog.").unwrap_or(name).to_owned())
}

/// Returns the name of a type as SQL spells it.
pub fn type_name(type_: Oid) -> String {
    // SAFETY: the result is a NUL-terminated string, also for a type that was dropped.
    unsafe { CStr::from_ptr(pg_sys::format_type_be(type_)) }.to_string_lossy().into_owned()
}
