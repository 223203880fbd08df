//! The evaluation of an intent, a score of how probable it is that something is so, against what was so.

mod bins;
mod gathered;
mod metrics;
mod probabilities;
mod ranking;
mod sums;

pub use bins::{CalibrationBin, calibration_curve};
pub use gathered::{IntentRow, IntentRows};
pub use metrics::{IntentMetrics, evaluate};
pub use probabilities::ProbabilityFigures;
pub use ranking::RankingFigures;

#[cfg(test)]
mod tests;
