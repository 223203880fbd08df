//! Evaluation: how well scores, segments and recommendations do on customers whose outcome is known.

pub mod intent;
mod optional;
pub mod policy;
pub mod score_bins;
mod score_counts;
pub mod segments;
#[cfg(test)]
pub(crate) mod testing;
pub mod uplift;
