//! A model as one HTML page, made of what the model stores about its training, for those who will use it.
//!
//! The page is one file: pictures are inline SVG, nothing is loaded, nothing runs. This is pure Rust without
//! PostgreSQL.

#![forbid(unsafe_code)]

mod chart;
mod html;
mod number;
mod page;
mod profile;
mod sections;
mod subject;
#[cfg(test)]
mod testing;
mod verdict;

pub use number::grouped;
pub use page::page;
pub use subject::Subject;
pub use verdict::{Verdict, qini};
