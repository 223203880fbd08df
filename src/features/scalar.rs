//! One value of one column: which types can be features, and how each is read.

use std::{
    collections::{HashMap, hash_map::Entry},
    ffi::CStr,
};

use pgrx::{
    PgSqlErrorCode, direct_function_call,
    pg_sys::{self, Datum, Oid},
};
use two_stage::features::{Kind, Value};

use crate::{call::bytes_of, report::Failure, text};

/// Reads values of one SQL type.
#[derive(Debug)]
pub enum Reader {
    Int2,
    Int4,
    Int8,
    Float4,
    Float8,
    Numeric,
    Boolean,
    Date,
    Text,
    /// char(n): trailing blanks mean nothing.
    PaddedText,
    Name,
    /// A literal whose type nobody asked for.
    Literal,
    /// The labels met so far, by OID.
    Enum(HashMap<Oid, String>),
}

impl Reader {
    /// The reader of a type; None where the type has no sensible encoding.
    pub fn of_type(declared: Oid) -> Option<Self> {
        // SAFETY: looks a type up in the catalog; a domain's values are those of its base type.
        let base = unsafe { pg_sys::getBaseType(declared) };
        Some(match base {
            pg_sys::INT2OID => Self::Int2,
            pg_sys::INT4OID => Self::Int4,
            pg_sys::INT8OID => Self::Int8,
            pg_sys::FLOAT4OID => Self::Float4,
            pg_sys::FLOAT8OID => Self::Float8,
            pg_sys::NUMERICOID => Self::Numeric,
            pg_sys::BOOLOID => Self::Boolean,
            pg_sys::DATEOID => Self::Date,
            pg_sys::TEXTOID | pg_sys::VARCHAROID => Self::Text,
            pg_sys::BPCHAROID => Self::PaddedText,
            pg_sys::NAMEOID => Self::Name,
            pg_sys::UNKNOWNOID => Self::Literal,
            // SAFETY: looks a type up in the catalog.
            _ if unsafe { pg_sys::type_is_enum(base) } => Self::Enum(HashMap::new()),
            _ => return None,
        })
    }

    pub fn kind(&self) -> Kind {
        match self {
            Self::Boolean => Kind::Boolean,
            Self::Date => Kind::Date,
            Self::Text | Self::PaddedText | Self::Name | Self::Literal | Self::Enum(_) => {
                Kind::Category
            }
            _ => Kind::Number,
        }
    }

    /// What the values are, where they are numbers of fixed width.
    pub fn number(&self) -> Option<Number> {
        Some(match self {
            Self::Int2 => Number::Int2,
            Self::Int4 => Number::Int4,
            Self::Int8 => Number::Int8,
            Self::Float4 => Number::Float4,
            Self::Float8 => Number::Float8,
            Self::Boolean => Number::Boolean,
            Self::Date => Number::Date,
            _ => return None,
        })
    }

    /// Looks up what the value needs from the catalog: once for each label of an enum.
    pub fn prepare(&mut self, datum: Datum) -> Result<(), Failure> {
        let Self::Enum(labels) = self else {
            return Ok(());
        };
        let Entry::Vacant(unknown) = labels.entry(Oid::from(datum.value() as u32)) else {
            return Ok(());
        };
        // SAFETY: the datum is of an enum type, whose output is a NUL-terminated string.
        let written = unsafe {
            direct_function_call::<&CStr>(pg_sys::enum_out, &[Some(datum)])
                .ok_or_else(|| Failure::internal("an enum label was NULL"))?
        };
        unknown.insert(text::from_server(written.to_bytes())?.to_owned());
        Ok(())
    }

    /// Reads a value that is not NULL, after `prepare`.
    ///
    /// # Safety
    /// The datum is of the reader's type; the result lives in it, in the reader, or in the current
    /// memory context.
    pub unsafe fn read<'a>(&'a self, datum: Datum) -> Result<Value<'a>, Failure> {
        // SAFETY: by the contract of this function.
        unsafe {
            Ok(match self {
                Self::Int2 => Value::Number(f64::from(datum.value() as i16)),
                Self::Int4 => Value::Number(f64::from(datum.value() as i32)),
                Self::Int8 => Value::Number(datum.value() as i64 as f64),
                Self::Float4 => Value::number(f64::from(f32::from_bits(datum.value() as u32))),
                Self::Float8 => Value::number(f64::from_bits(datum.value() as u64)),
                Self::Numeric => Value::number(numeric(datum)?),
                Self::Boolean => Value::Number(f64::from(u8::from(datum.value() & 0xff != 0))),
                Self::Date => Value::Number(date(datum.value() as i32)),
                Self::Text => Value::Category(text::from_server(bytes_of(datum))?),
                Self::PaddedText => {
                    Value::Category(text::from_server(bytes_of(datum))?.trim_end_matches(' '))
                }
                Self::Name | Self::Literal => {
                    let written = CStr::from_ptr(datum.cast_mut_ptr());
                    Value::Category(text::from_server(written.to_bytes())?)
                }
                Self::Enum(labels) => labels
                    .get(&Oid::from(datum.value() as u32))
                    .map(|label| Value::Category(label))
                    .ok_or_else(|| Failure::internal("an enum label was not looked up"))?,
            })
        }
    }
}

/// Numbers of fixed width, which can be read without PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    Int2,
    Int4,
    Int8,
    Float4,
    Float8,
    Boolean,
    Date,
}

impl Number {
    /// Reads the value at the start of some bytes, as [`Reader::read`] does.
    pub fn read(self, bytes: &[u8]) -> Option<f64> {
        Some(match self {
            Self::Int2 => f64::from(i16::from_ne_bytes(*bytes.first_chunk()?)),
            Self::Int4 => f64::from(i32::from_ne_bytes(*bytes.first_chunk()?)),
            Self::Int8 => i64::from_ne_bytes(*bytes.first_chunk()?) as f64,
            Self::Float4 => f64::from(f32::from_ne_bytes(*bytes.first_chunk()?)),
            Self::Float8 => f64::from_ne_bytes(*bytes.first_chunk()?),
            Self::Boolean => f64::from(u8::from(*bytes.first()? != 0)),
            Self::Date => date(i32::from_ne_bytes(*bytes.first_chunk()?)),
        })
    }
}

/// Days since 2000-01-01; PostgreSQL's endless dates are infinite here too, and refused as such.
fn date(days: i32) -> f64 {
    match days {
        i32::MIN => f64::NEG_INFINITY,
        i32::MAX => f64::INFINITY,
        days => f64::from(days),
    }
}

/// What lies beyond a double is infinite.
///
/// # Safety
/// The datum is a numeric.
unsafe fn numeric(datum: Datum) -> Result<f64, Failure> {
    // SAFETY: by the contract of this function.
    unsafe { direct_function_call(pg_sys::numeric_float8_no_overflow, &[Some(datum)]) }
        .ok_or_else(|| Failure::internal("a numeric had no value"))
}

/// The error for a column whose type has no sensible encoding.
pub fn unsupported(column: &str, declared: Oid) -> Failure {
    // SAFETY: looks types up in the catalog.
    let (base, element) = unsafe {
        let base = pg_sys::getBaseType(declared);
        (base, pg_sys::get_element_type(base))
    };
    let hint = match base {
        pg_sys::TIMESTAMPOID | pg_sys::TIMESTAMPTZOID => {
            format!("Pass days, such as extract(epoch FROM now() - \"{column}\") / 86400.")
        }
        pg_sys::INTERVALOID => {
            format!("Pass days, such as extract(epoch FROM \"{column}\") / 86400.")
        }
        pg_sys::MONEYOID => format!("Pass \"{column}\"::numeric."),
        _ if element != Oid::INVALID => {
            "Pass each element as a column of its own, or the array alone as the features.".into()
        }
        _ => {
            format!("Leave \"{column}\" out, or convert it to a number, a boolean, a date or text.")
        }
    };
    Failure::new(
        PgSqlErrorCode::ERRCODE_DATATYPE_MISMATCH,
        format!("column \"{column}\" of type {} cannot be a feature", type_name(declared)),
    )
    .with_hint(hint)
}

/// A type's name, as SQL writes it.
pub fn type_name(type_: Oid) -> String {
    // SAFETY: the result is a NUL-terminated string, also for a type that is gone.
    unsafe { CStr::from_ptr(pg_sys::format_type_be(type_)) }.to_string_lossy().into_owned()
}

/// A value that is not NULL as its type writes it, as text.
///
/// # Safety
/// The datum is of that type; the result lives in the current memory context.
pub unsafe fn written(datum: Datum, type_: Oid) -> Datum {
    let (mut output, mut is_variable) = (Oid::INVALID, false);
    // SAFETY: by the contract of this function; the output is a NUL-terminated string of the server's
    // encoding.
    unsafe {
        pg_sys::getTypeOutputInfo(type_, &mut output, &mut is_variable);
        Datum::from(pg_sys::cstring_to_text(pg_sys::OidOutputFunctionCall(output, datum)))
    }
}
