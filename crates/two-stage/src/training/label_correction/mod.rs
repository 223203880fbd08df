//! Stage 2, label correction: for each engaged row, the probability t that it is campaign-driven.

mod corrected;
mod posterior;
mod row_frequency;
mod splc;

pub(super) use corrected::{Corrected, corrections};
#[cfg(test)]
pub(super) use posterior::LabelCorrection;
pub(super) use posterior::correct as correct_by_posterior;
pub(super) use row_frequency::RowFrequency;
pub(super) use splc::correct as correct_by_splc;
pub(crate) use splc::is_corrected as is_corrected_by_splc;
