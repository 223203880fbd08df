//! The two-stage model with missing campaign labels of Gopalakrishnan et al. (arXiv 2602.12485).
//!
//! Pure Rust: nothing here knows PostgreSQL. A row flows `features → sample → training → model →
//! codec`, a score `features → scorer`, and its reasons `features → explanation`.

pub mod codec;
pub mod error;
pub mod evaluate;
mod explanation;
pub mod features;
pub mod model;
mod network;
pub mod options;
pub mod sample;
pub mod scorer;
pub mod segment;
pub mod simulate;
pub mod training;

pub use error::{Error, ErrorContent, ErrorKind, Result};
