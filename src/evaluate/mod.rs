//! Evaluating in SQL: aggregates over scores and outcomes.

mod uplift;
mod uplift_tables;
