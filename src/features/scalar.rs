//! One value of one column: the types that can be features, and how each is read.

use std::collections::{HashMap, hash_map::Entry};

use two_stage::column::{Kind, Value};

use crate::pg::{
    Failure, Oid, Scalar, SqlState, base_type, element_type, from_server, is_enum, oid, type_name,
};

/// Reads values of one SQL type.
#[derive(Debug)]
pub enum Reader {
    Fixed(Number),
    Numeric,
    Text,
    /// char(n), whose trailing blanks mean nothing.
    PaddedText,
    /// name, or a literal whose type is unknown.
    CString,
    /// The labels that were met so far, by OID.
    Enum(HashMap<Oid, String>),
}

impl Reader {
    /// Returns the reader of a type, or `None` if the type has no sensible encoding.
    pub fn of_type(declared: Oid) -> Option<Self> {
        let base = base_type(declared);
        Some(match base {
            oid::INT2OID => Self::Fixed(Number::Int2),
            oid::INT4OID => Self::Fixed(Number::Int4),
            oid::INT8OID => Self::Fixed(Number::Int8),
            oid::FLOAT4OID => Self::Fixed(Number::Float4),
            oid::FLOAT8OID => Self::Fixed(Number::Float8),
            oid::BOOLOID => Self::Fixed(Number::Boolean),
            oid::DATEOID => Self::Fixed(Number::Date),
            oid::NUMERICOID => Self::Numeric,
            oid::TEXTOID | oid::VARCHAROID => Self::Text,
            oid::BPCHAROID => Self::PaddedText,
            oid::NAMEOID | oid::UNKNOWNOID => Self::CString,
            _ if is_enum(base) => Self::Enum(HashMap::new()),
            _ => return None,
        })
    }

    /// Returns the reader of a column, or an error if its type has no sensible encoding.
    pub fn of_column(name: &str, declared: Oid) -> Result<Self, Failure> {
        Self::of_type(declared).ok_or_else(|| unsupported(name, declared))
    }

    pub fn kind(&self) -> Kind {
        match self {
            Self::Fixed(Number::Boolean) => Kind::Boolean,
            Self::Fixed(Number::Date) => Kind::Date,
            Self::Fixed(_) | Self::Numeric => Kind::Number,
            Self::Text | Self::PaddedText | Self::CString | Self::Enum(_) => Kind::Category,
        }
    }

    /// Returns the type of the values, if they are numbers of fixed width.
    pub fn number(&self) -> Option<Number> {
        match self {
            Self::Fixed(number) => Some(*number),
            _ => None,
        }
    }

    /// Looks up what the value needs from the catalog: once for each label of an enum.
    pub fn prepare(&mut self, value: Scalar) -> Result<(), Failure> {
        let Self::Enum(labels) = self else {
            return Ok(());
        };
        if let Entry::Vacant(unknown) = labels.entry(value.oid()) {
            unknown.insert(from_server(value.written())?.to_owned());
        }
        Ok(())
    }

    /// Reads a value of the reader's type, after `prepare`.
    pub fn read<'a>(&'a self, value: Scalar<'a>) -> Result<Value<'a>, Failure> {
        Ok(match self {
            Self::Fixed(number) => Value::number(number.read_scalar(value)),
            Self::Numeric => Value::number(value.numeric()?),
            Self::Text => Value::Category(value.text()?),
            Self::PaddedText => Value::Category(value.text()?.trim_end_matches(' ')),
            Self::CString => Value::Category(value.c_string()?),
            Self::Enum(labels) => labels
                .get(&value.oid())
                .map(|label| Value::Category(label))
                .ok_or_else(|| Failure::internal("an enum label was not looked up"))?,
        })
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
    /// Reads the value at the start of some bytes, as [`Number::read_scalar`] does.
    #[inline]
    pub fn read(self, bytes: &[u8]) -> Option<f64> {
        Some(match self {
            Self::Int2 => f64::from(i16::from_ne_bytes(*bytes.first_chunk()?)),
            Self::Int4 => f64::from(i32::from_ne_bytes(*bytes.first_chunk()?)),
            Self::Int8 => i64::from_ne_bytes(*bytes.first_chunk()?) as f64,
            Self::Float4 => f64::from(f32::from_ne_bytes(*bytes.first_chunk()?)),
            Self::Float8 => f64::from_ne_bytes(*bytes.first_chunk()?),
            Self::Boolean => f64::from(u8::from(*bytes.first()? != 0)),
            Self::Date => days(i32::from_ne_bytes(*bytes.first_chunk()?)),
        })
    }

    fn read_scalar(self, value: Scalar) -> f64 {
        match self {
            Self::Int2 => f64::from(value.int2()),
            Self::Int4 => f64::from(value.int4()),
            Self::Int8 => value.int8() as f64,
            Self::Float4 => f64::from(value.float4()),
            Self::Float8 => value.float8(),
            Self::Boolean => f64::from(u8::from(value.boolean())),
            Self::Date => days(value.int4()),
        }
    }
}

/// Converts days since 2000-01-01. PostgreSQL's infinite dates stay infinite, and count as missing later.
fn days(days: i32) -> f64 {
    match days {
        i32::MIN => f64::NEG_INFINITY,
        i32::MAX => f64::INFINITY,
        days => f64::from(days),
    }
}

/// Names a kind in a message.
pub fn kind_name(kind: Kind) -> String {
    format!("a {}", kind.name())
}

/// Makes the error for a column whose type has no sensible encoding.
fn unsupported(column: &str, declared: Oid) -> Failure {
    let base = base_type(declared);
    let hint = match base {
        oid::TIMESTAMPOID | oid::TIMESTAMPTZOID => {
            format!("Pass days, such as extract(epoch FROM now() - \"{column}\") / 86400.")
        }
        oid::INTERVALOID => {
            format!("Pass days, such as extract(epoch FROM \"{column}\") / 86400.")
        }
        oid::MONEYOID => format!("Pass \"{column}\"::numeric."),
        _ if element_type(base).is_some() => {
            "Pass each element as a column of its own, or the array alone as the features.".into()
        }
        _ => {
            format!("Leave \"{column}\" out, or convert it to a number, a boolean, a date or text.")
        }
    };
    Failure::new(
        SqlState::ERRCODE_DATATYPE_MISMATCH,
        format!("column \"{column}\" of type {} cannot be a feature", type_name(declared)),
    )
    .with_hint(hint)
}
