//! A figure with its standard error.

/// A figure and its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// The standard error; NaN where rounding hides it.
    pub error: f64,
}
