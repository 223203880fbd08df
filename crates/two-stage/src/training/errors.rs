//! The error for rows that teach nothing.

use crate::{Error, ErrorKind};

pub(super) fn insufficient(message: impl Into<String>, hint: &str) -> Error {
    Error::new(ErrorKind::InsufficientData, message).with_hint(hint)
}
