//! Evaluation: how well scores, segments and recommendations do on customers whose outcome is known.

pub mod intent;
mod optional;
pub mod policy;
pub mod score_bins;
pub mod segments;
#[cfg(test)]
mod testing;
pub mod uplift;
