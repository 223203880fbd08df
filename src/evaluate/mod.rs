//! Evaluating in SQL: aggregates over scores and outcomes.

mod intent;
mod policy;
mod segments;
mod uplift;
mod uplift_tables;
