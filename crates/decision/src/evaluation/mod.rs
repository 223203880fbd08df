//! Evaluation: how well scores, segments and recommendations do on customers whose outcome is known.

mod optional;
pub mod score_bins;
pub mod uplift;
pub mod policy;
pub mod segments;
