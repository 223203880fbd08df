//! From scores to decisions: whether scores work, who gets which campaign, how it is sent so that the next
//! training still tells cause from habit, and how many customers a test takes.
//!
//! This is pure Rust without PostgreSQL. Nothing here knows a network: scores and outcomes are numbers.

#![forbid(unsafe_code)]

pub mod assignment;
pub mod cutoff;
pub mod drift;
pub mod evaluation;
pub mod plan;
pub mod recommendation;
mod sum;
pub mod test_size;
