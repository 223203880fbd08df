//! The stored form of a model: frozen structs in sections. A change of the learner's types changes the
//! conversions here, never the structs.

mod distributions;
mod encoder;
mod exposure;
mod features;
mod frozen;
mod history;
mod model;
mod networks;
mod origin;
mod out_of_fold;
mod rules;
mod scoring;
mod sections;
mod training;
mod uplift;

pub(crate) use model::{check, read, read_scoring, write};
pub(crate) use sections::MODEL_LIMIT;
