//! Evaluating in SQL: aggregates over scores and outcomes.

mod policy;
mod segments;
mod uplift;
mod uplift_tables;
