//! Errors of arrays with the wrong length.

use two_stage::{Error, ErrorKind};

use crate::pg::{Failure, SqlState};

/// Makes a failure of an error, with the code for array subscripts if an array has the wrong length.
pub fn failure(error: Error) -> Failure {
    let is_length = error.kind == ErrorKind::WrongLength;
    let failure = Failure::from(error);
    if is_length { failure.with_code(SqlState::ERRCODE_ARRAY_ELEMENT_ERROR) } else { failure }
}
