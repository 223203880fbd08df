//! Features: what a column is, what one customer's value in it is, and how both become the
//! network's inputs.

mod block;
mod encoder;
mod statistics;

pub(crate) use block::BlockEncoder;
pub use encoder::{Description, Encoder};

use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind, Result};

/// How a column's values are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    Number,
    /// 0 or 1.
    Boolean,
    /// Days since 2000-01-01.
    Date,
    Category,
}

impl Kind {
    /// As errors and `model_features` name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Category => "category",
        }
    }
}

/// A feature's name and kind, as the training rows had them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
}

/// More features than this are no customer's: they are refused before room is made for them.
pub const MAX_FEATURES: usize = 16_384;

/// Whether a model may have so many features.
pub fn check_count(features: usize) -> Result<()> {
    if features <= MAX_FEATURES {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::LimitExceeded,
        format!("{features} features are more than the {MAX_FEATURES} that a model can have"),
    )
    .with_hint("Pass fewer features."))
}

/// One customer's value of one feature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// NULL or NaN.
    Missing,
    /// A number, a boolean as 0 or 1, a date as days since 2000-01-01.
    Number(f64),
    Category(&'a str),
}

impl Value<'_> {
    /// NaN says as little as NULL.
    pub fn number(value: f64) -> Self {
        if value.is_nan() { Self::Missing } else { Self::Number(value) }
    }
}

#[cfg(test)]
mod tests;
