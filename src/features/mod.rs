//! Features as PostgreSQL holds them: a row, whose columns have names, or an array, whose elements
//! have places.

mod array;
mod fixed;
mod row;
mod scalar;

pub use array::{Array, ArrayLayout, Plain};
pub use row::{Row, RowLayout};
pub use scalar::{Reader, type_name};

use pgrx::{PgSqlErrorCode, pg_sys};
use two_stage::features::Kind;

use crate::{call::Call, report::Failure};

/// Which of the two spellings of features a function is declared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Row,
    Array,
}

impl Shape {
    /// The spelling of the argument at that place, in the called function's declaration.
    pub fn declared(call: &Call, argument: usize) -> Result<Self, Failure> {
        match call.declared_types()?.get(argument) {
            Some(&pg_sys::RECORDOID) => Ok(Self::Row),
            Some(&pg_sys::ANYARRAYOID) => Ok(Self::Array),
            _ => Err(Failure::internal("declared without features")),
        }
    }
}

/// A kind, as a message names it.
pub fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Number => "a number",
        Kind::Boolean => "a boolean",
        Kind::Date => "a date",
        Kind::Category => "a category",
    }
}

/// The name of an array's element, counting from 0.
pub fn element_name(index: usize) -> String {
    format!("f{}", index + 1)
}

/// The error for an array of another length than the first one, or than the model's.
pub fn wrong_length(length: usize, expected: usize) -> Failure {
    Failure::new(
        PgSqlErrorCode::ERRCODE_DATA_EXCEPTION,
        format!("features have {length} elements, not {expected}"),
    )
    .with_hint("Pass as many elements as in the training, NULL for what is missing.")
}
