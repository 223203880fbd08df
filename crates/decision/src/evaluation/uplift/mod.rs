//! Evaluation of a score by the Hájek gain curve: the mean outcomes of exposed and unexposed customers
//! among those whom the score ranks highest.

mod alike;
mod bins;
mod blocks;
mod calibration;
mod compare;
mod curve;
mod estimate;
mod gathered;
mod metrics;
mod normalised;
mod pairs;
mod points;
mod squared;
mod sums;
mod tally;
mod top;

pub use bins::{UpliftBin, uplift_bins};
pub use calibration::Calibration;
pub use compare::{ComparedRows, Differences, UpliftComparison, compare};
pub use estimate::Estimate;
pub use gathered::UpliftRows;
pub use metrics::{UpliftEffects, UpliftMetrics, evaluate};
pub use normalised::Normalised;
pub use points::{UpliftPoint, uplift_curve};
pub use tally::Customer;

#[cfg(test)]
mod tests;
