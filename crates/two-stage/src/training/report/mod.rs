//! The report of a training: guards, the comparison with standard models, the features' importance.

pub(super) mod bins;
mod comparison;
pub(super) mod distributions;
pub(super) mod evaluation;
pub(super) mod exposed_rows;
pub(super) mod feature_values;
pub(super) mod guards;
pub(super) mod importance;
pub(super) mod leaks;
pub(super) mod random_exposure;
mod rank_auc;
mod ranking;
pub(super) mod telling;
pub(super) mod uneven_attribution;
pub(super) mod uplift_curve;
