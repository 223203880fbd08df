//! Errors, warnings and notices as PostgreSQL shows them.

use pgrx::{PgLogLevel, PgSqlErrorCode, pg_sys::panic::ErrorReport};
use two_stage::{ErrorContent, ErrorKind};

/// An error of one statement: a SQLSTATE, a lower-case sentence, and one action.
///
/// A pointer wide, because what may fail is in the way of every row.
#[derive(Debug)]
pub struct Failure(Box<Content>);

#[derive(Debug)]
struct Content {
    code: PgSqlErrorCode,
    message: String,
    hint: Option<String>,
}

impl Failure {
    pub fn new(code: PgSqlErrorCode, message: impl Into<String>) -> Self {
        Self(Box::new(Content { code, message: message.into(), hint: None }))
    }

    /// What only a fault of this program can bring about.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(PgSqlErrorCode::ERRCODE_INTERNAL_ERROR, message)
    }

    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// The same error under another SQLSTATE.
    pub fn with_code(mut self, code: PgSqlErrorCode) -> Self {
        self.0.code = code;
        self
    }

    /// Ends the statement.
    pub fn raise(self) -> ! {
        say(PgLogLevel::ERROR, self);
        unreachable!("an error report does not return")
    }
}

impl From<two_stage::Error> for Failure {
    fn from(error: two_stage::Error) -> Self {
        let ErrorContent { kind, message, hint } = error.into_content();
        Self(Box::new(Content { code: sqlstate(kind), message, hint }))
    }
}

fn sqlstate(kind: ErrorKind) -> PgSqlErrorCode {
    match kind {
        ErrorKind::InvalidParameter => PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        ErrorKind::ValueOutOfRange => PgSqlErrorCode::ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
        ErrorKind::WrongLength | ErrorKind::InsufficientData => {
            PgSqlErrorCode::ERRCODE_DATA_EXCEPTION
        }
        ErrorKind::MissingColumn => PgSqlErrorCode::ERRCODE_UNDEFINED_COLUMN,
        ErrorKind::KindMismatch => PgSqlErrorCode::ERRCODE_DATATYPE_MISMATCH,
        ErrorKind::LimitExceeded => PgSqlErrorCode::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
        ErrorKind::Corrupt => PgSqlErrorCode::ERRCODE_INVALID_BINARY_REPRESENTATION,
        ErrorKind::Internal => PgSqlErrorCode::ERRCODE_INTERNAL_ERROR,
    }
}

pub fn warning(message: impl Into<String>) {
    say(PgLogLevel::WARNING, Failure::new(PgSqlErrorCode::ERRCODE_WARNING, message));
}

pub fn notice(message: impl Into<String>, hint: Option<&str>) {
    let code = PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION;
    let mut notice = Failure::new(code, message);
    notice.0.hint = hint.map(str::to_owned);
    say(PgLogLevel::NOTICE, notice);
}

pub fn debug(message: impl Into<String>) {
    let code = PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION;
    say(PgLogLevel::DEBUG1, Failure::new(code, message));
}

fn say(level: PgLogLevel, failure: Failure) {
    let Content { code, message, hint } = *failure.0;
    let mut report = ErrorReport::new(code, message, "pg_intent");
    if let Some(hint) = hint {
        report = report.set_hint(hint);
    }
    report.report(level);
}
