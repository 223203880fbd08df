//! Encoding: how the columns of a sample become the inputs of a network.

mod block;
mod castable;
mod categories;
mod encoder;
mod encodings;
mod numbers;
mod robust;
mod weighted_rows;

pub(crate) use block::BlockEncoder;
pub(crate) use castable::Castable;
pub(crate) use categories::MAX_LEVELS;
pub use encoder::Encoder;
pub use encodings::Description;
pub(crate) use encodings::{Encoding, Input, Level, Measure};

#[cfg(test)]
mod tests;
