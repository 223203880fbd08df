//! Evaluating in SQL: aggregates over scores and outcomes.

mod uplift;
mod uplift_tables;
//! Evaluating in SQL: aggregates over customers whose outcome is known.
mod policy;
mod segments;
