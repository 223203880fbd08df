//! Evaluation of a score by the Hájek gain curve: the mean outcomes of exposed and unexposed customers
//! among those whom the score ranks highest.

mod bins;
mod calibration;
mod curve;
mod estimate;
mod gathered;
mod metrics;
mod normalised;
mod points;
mod sums;
mod top;

pub use bins::{UpliftBin, uplift_bins};
pub use calibration::Calibration;
pub use estimate::Estimate;
pub use gathered::{Customer, UpliftRows};
pub use metrics::{UpliftEffects, UpliftMetrics, evaluate};
pub use normalised::Normalised;
pub use points::{UpliftPoint, uplift_curve};

#[cfg(test)]
mod tests;
