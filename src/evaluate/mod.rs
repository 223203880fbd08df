//! Evaluating in SQL: aggregates over customers whose outcome is known.

mod intent;
mod policy;
mod segments;
mod uplift;
mod uplift_tables;
