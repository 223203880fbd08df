//! A feature: its column, the kind of its values, and one customer's value.

use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind, Result};

/// The kind of a column's values, which decides how they are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A number of any type.
    Number,
    /// 0 or 1.
    Boolean,
    /// Days since 2000-01-01.
    Date,
    /// A text, such as a channel's name.
    Category,
}

impl Kind {
    /// Its name in errors and in `model_features`.
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
    /// The name in SQL; elements of an array are named f1, f2, …
    pub name: String,
    /// The kind of its values.
    pub kind: Kind,
}

/// The largest number of features of a model. More are refused before memory is allocated for them.
pub const MAX_FEATURES: usize = 16_384;

/// Refuses more features than a model can have.
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

/// Refuses other columns than those known.
pub(crate) fn require_same(known: &[Column], given: &[Column]) -> Result<()> {
    const HINT: &str = "Give every row the same features.";
    if known.len() != given.len() {
        return Err(Error::new(
            ErrorKind::WrongLength,
            format!("a row has {} features, earlier ones have {}", given.len(), known.len()),
        )
        .with_hint(HINT));
    }
    match known.iter().zip(given).enumerate().find(|(_, (k, g))| k != g) {
        None => Ok(()),
        Some((place, (known, given))) => Err(Error::new(
            ErrorKind::KindMismatch,
            format!(
                "feature {} is \"{}\" ({}) in a row, but \"{}\" ({}) in earlier ones",
                place + 1,
                given.name,
                given.kind.name(),
                known.name,
                known.kind.name()
            ),
        )
        .with_hint(HINT)),
    }
}

/// One customer's value of one feature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// NULL or NaN.
    Missing,
    /// A number, a boolean as 0 or 1, a date as days since 2000-01-01.
    Number(f64),
    /// A category's text.
    Category(&'a str),
}

impl Value<'_> {
    /// A number; NaN counts as missing.
    pub fn number(value: f64) -> Self {
        if value.is_nan() { Self::Missing } else { Self::Number(value) }
    }
}
