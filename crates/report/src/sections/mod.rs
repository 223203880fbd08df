//! The sections of the page, in the order in which they are read.

mod calibration;
mod customers;
mod features;
mod frame;
mod labels;
mod opening;
mod quality;
mod segments;
mod sql;
mod training;
mod uplift;
mod usage;

pub(crate) use calibration::calibration;
pub(crate) use customers::customers;
pub(crate) use features::features;
pub(crate) use labels::labels;
pub(crate) use opening::opening;
pub(crate) use quality::quality;
pub(crate) use segments::segments;
pub(crate) use training::training;
pub(crate) use uplift::uplift;
pub(crate) use usage::usage;
