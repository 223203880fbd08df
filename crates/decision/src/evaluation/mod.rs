//! Evaluation of scores against what happened.

pub mod score_bins;
