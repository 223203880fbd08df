//! The error type: a kind that the SQL layer maps to a SQLSTATE, a message, and one action.

/// The kind of an error, as far as a caller can branch on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// An option or an argument is unknown or out of range.
    InvalidParameter,
    /// A feature's value is infinite, or another number out of range.
    ValueOutOfRange,
    /// A value is NULL where that is not allowed.
    NullValue,
    /// The features do not have the model's length.
    WrongLength,
    /// An array has another length than the one beside it.
    ArrayLength,
    /// A column or a feature has a kind that does not fit.
    KindMismatch,
    /// Nothing can be learned from the rows.
    InsufficientData,
    /// A limit of memory or size was reached.
    LimitExceeded,
    /// The bytes are not a model or a sample of this format.
    Corrupt,
    /// The model needs a newer version of this program.
    TooNew,
    /// A bug in this program.
    Internal,
}

/// An error for a person to read: lower-case, one sentence, the offending name and number in it.
///
/// It is one pointer wide, since every row passes through functions that return it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.message)]
pub struct Error(Box<ErrorContent>);

/// The content of an [`Error`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorContent {
    /// The kind.
    pub kind: ErrorKind,
    /// The sentence.
    pub message: String,
    /// The valid values, as a sentence.
    pub detail: Option<String>,
    /// One action, as a sentence.
    pub hint: Option<String>,
}

/// The result of anything that can fail here.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error without a detail or a hint.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(ErrorContent { kind, message: message.into(), detail: None, hint: None }))
    }

    /// Adds the sentence that says which values are valid.
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Adds the action to take.
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Takes the error apart.
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
