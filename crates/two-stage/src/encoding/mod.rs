//! Encoding: how the columns of a sample become the inputs of a network.

mod block;
mod categories;
mod encoder;
mod encodings;
mod numbers;
mod weighted_rows;

pub(crate) use block::BlockEncoder;
pub use encoder::Encoder;
pub use encodings::Description;

#[cfg(test)]
mod tests;
