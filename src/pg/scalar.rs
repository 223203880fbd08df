//! One value of a column or an array, with its type.

use std::{ffi::CStr, marker::PhantomData};

use pgrx::{
    direct_function_call,
    pg_sys::{self, Datum},
};

use super::{
    Failure, Oid, SqlValue, from_server, oid, types::is_variable_length, varlena::bytes_of,
};

/// A value that is not NULL, with its type under any domain. It lives as long as the row or array
/// that it was read from.
#[derive(Clone, Copy)]
pub struct Scalar<'a> {
    datum: Datum,
    base_type: Oid,
    _lives: PhantomData<&'a ()>,
}

impl<'a> Scalar<'a> {
    /// # Safety
    /// The datum is of `base_type`, and lives for `'a`.
    pub unsafe fn new(datum: Datum, base_type: Oid) -> Self {
        Self { datum, base_type, _lives: PhantomData }
    }

    pub(super) fn datum(self) -> Datum {
        self.datum
    }

    pub(super) fn base_type(self) -> Oid {
        self.base_type
    }

    pub fn int2(self) -> i16 {
        self.datum.value() as i16
    }

    /// Reads an integer, or the days of a date.
    pub fn int4(self) -> i32 {
        self.datum.value() as i32
    }

    pub fn int8(self) -> i64 {
        self.datum.value() as i64
    }

    pub fn float4(self) -> f32 {
        f32::from_bits(self.datum.value() as u32)
    }

    pub fn float8(self) -> f64 {
        f64::from_bits(self.datum.value() as u64)
    }

    pub fn boolean(self) -> bool {
        self.datum.value() & 0xff != 0
    }

    /// Reads the OID that an enum's label is stored as.
    pub fn oid(self) -> Oid {
        Oid::from(self.datum.value() as u32)
    }

    /// Reads a text of any length, such as varchar.
    pub fn text(self) -> Result<&'a str, Failure> {
        self.check(&[oid::TEXTOID, oid::VARCHAROID, oid::BPCHAROID])?;
        // SAFETY: the datum is of one of these types, all of variable length.
        from_server(unsafe { bytes_of(self.datum) })
    }

    /// Reads the content of a value of variable length.
    pub fn content(self) -> Result<&'a [u8], Failure> {
        if !is_variable_length(self.base_type) {
            return Err(Failure::internal("a value of fixed length was read as another"));
        }
        // SAFETY: the datum is of a type of variable length.
        Ok(unsafe { bytes_of(self.datum) })
    }

    /// Reads a name, or a literal that has no type.
    pub fn c_string(self) -> Result<&'a str, Failure> {
        self.check(&[oid::NAMEOID, oid::UNKNOWNOID])?;
        // SAFETY: values of these types are NUL-terminated.
        from_server(unsafe { CStr::from_ptr(self.datum.cast_mut_ptr()) }.to_bytes())
    }

    /// Converts a numeric to a double, infinite if it is out of range.
    pub fn numeric(self) -> Result<f64, Failure> {
        self.check(&[oid::NUMERICOID])?;
        // SAFETY: the datum is a numeric.
        unsafe { direct_function_call(pg_sys::numeric_float8_no_overflow, &[Some(self.datum)]) }
            .ok_or_else(|| Failure::internal("a numeric had no value"))
    }

    /// Writes the value as its type does.
    pub fn written(self) -> &'a [u8] {
        let (mut output, mut is_variable) = (Oid::INVALID, false);
        // SAFETY: the datum is of `base_type`, whose output is NUL-terminated.
        unsafe {
            pg_sys::getTypeOutputInfo(self.base_type, &mut output, &mut is_variable);
            CStr::from_ptr(pg_sys::OidOutputFunctionCall(output, self.datum)).to_bytes()
        }
    }

    /// Makes a text of the value as its type writes it.
    pub fn to_text(self) -> Result<SqlValue, Failure> {
        SqlValue::server_text(self.written())
    }

    fn check(self, types: &[Oid]) -> Result<(), Failure> {
        if types.contains(&self.base_type) {
            return Ok(());
        }
        Err(Failure::internal("a value was read as another type than its own"))
    }
}
