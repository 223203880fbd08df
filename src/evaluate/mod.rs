//! Evaluating in SQL: aggregates over customers whose outcome is known.

mod compare;
mod intent;
mod policy;
mod segments;
mod uplift;
mod uplift_tables;
