//! The one error type: a class the SQL layer maps to a SQLSTATE, a message and one action.

/// What went wrong, as far as a caller can branch on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// An option or an argument is unknown or out of range.
    InvalidParameter,
    /// A feature's value is not a number that can be learned from (±Infinity).
    ValueOutOfRange,
    /// Features do not have the model's length.
    WrongLength,
    /// A column that the model needs is absent.
    MissingColumn,
    /// A column or a feature has a kind that does not fit.
    KindMismatch,
    /// The rows cannot be learned from.
    InsufficientData,
    /// A limit of memory or size was reached.
    LimitExceeded,
    /// Bytes are not a model or a sample of this format.
    Corrupt,
    /// The program is at fault.
    Internal,
}

/// An error for a person to read: lower-case, one sentence, the offending name and number in it.
///
/// A pointer wide, because what may fail is in the way of every row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.message)]
pub struct Error(Box<ErrorContent>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorContent {
    pub kind: ErrorKind,
    pub message: String,
    /// One action, as a sentence.
    pub hint: Option<String>,
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(ErrorContent { kind, message: message.into(), hint: None }))
    }

    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    pub fn into_content(self) -> ErrorContent {
        *self.0
    }
}

impl std::ops::Deref for Error {
    type Target = ErrorContent;

    fn deref(&self) -> &ErrorContent {
        &self.0
    }
}
