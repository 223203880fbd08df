//! Errors, warnings and notices of PostgreSQL.

pub use pgrx::PgSqlErrorCode as SqlState;
use pgrx::{PgLogLevel, pg_sys::panic::ErrorReport};
use two_stage::{ErrorContent, ErrorKind};

/// An error of one statement: a SQLSTATE, a lower-case sentence, and one action.
///
/// It is boxed, because results that may fail are returned for every row.
#[derive(Debug)]
pub struct Failure(Box<Content>);

#[derive(Debug)]
struct Content {
    code: SqlState,
    message: String,
    detail: Option<String>,
    hint: Option<String>,
}

impl Failure {
    pub fn new(code: SqlState, message: impl Into<String>) -> Self {
        Self(Box::new(Content { code, message: message.into(), detail: None, hint: None }))
    }

    /// Makes an internal error, i.e. a bug.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(SqlState::ERRCODE_INTERNAL_ERROR, message)
    }

    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Replaces the SQLSTATE.
    pub fn with_code(mut self, code: SqlState) -> Self {
        self.0.code = code;
        self
    }

    /// Ends the statement.
    pub fn raise(self) -> ! {
        report(PgLogLevel::ERROR, self);
        unreachable!("an error report does not return")
    }
}

impl From<two_stage::Error> for Failure {
    fn from(error: two_stage::Error) -> Self {
        let ErrorContent { kind, message, detail, hint } = error.into_content();
        Self(Box::new(Content { code: sqlstate(kind), message, detail, hint }))
    }
}

fn sqlstate(kind: ErrorKind) -> SqlState {
    match kind {
        ErrorKind::InvalidParameter => SqlState::ERRCODE_INVALID_PARAMETER_VALUE,
        ErrorKind::ValueOutOfRange => SqlState::ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
        ErrorKind::NullValue => SqlState::ERRCODE_NULL_VALUE_NOT_ALLOWED,
        ErrorKind::WrongLength | ErrorKind::InsufficientData => SqlState::ERRCODE_DATA_EXCEPTION,
        ErrorKind::ArrayLength => SqlState::ERRCODE_ARRAY_ELEMENT_ERROR,
        ErrorKind::KindMismatch => SqlState::ERRCODE_DATATYPE_MISMATCH,
        ErrorKind::LimitExceeded => SqlState::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
        ErrorKind::Corrupt => SqlState::ERRCODE_INVALID_BINARY_REPRESENTATION,
        ErrorKind::TooNew => SqlState::ERRCODE_FEATURE_NOT_SUPPORTED,
        ErrorKind::Internal => SqlState::ERRCODE_INTERNAL_ERROR,
    }
}

pub fn warning(message: impl Into<String>) {
    report(PgLogLevel::WARNING, Failure::new(SqlState::ERRCODE_WARNING, message));
}

pub fn warning_with_hint(message: impl Into<String>, hint: impl Into<String>) {
    let warning = Failure::new(SqlState::ERRCODE_WARNING, message).with_hint(hint);
    report(PgLogLevel::WARNING, warning);
}

pub fn notice(message: impl Into<String>, hint: Option<&str>) {
    let code = SqlState::ERRCODE_SUCCESSFUL_COMPLETION;
    let mut notice = Failure::new(code, message);
    notice.0.hint = hint.map(str::to_owned);
    report(PgLogLevel::NOTICE, notice);
}

pub fn debug(message: impl Into<String>) {
    let code = SqlState::ERRCODE_SUCCESSFUL_COMPLETION;
    report(PgLogLevel::DEBUG1, Failure::new(code, message));
}

fn report(level: PgLogLevel, failure: Failure) {
    let Content { code, message, detail, hint } = *failure.0;
    let mut report = ErrorReport::new(code, message, "pg_intent");
    if let Some(detail) = detail {
        report = report.set_detail(detail);
    }
    if let Some(hint) = hint {
        report = report.set_hint(hint);
    }
    report.report(level);
}
