//! Dense f32 kernels behind safe, length-checked functions.
//!
//! Every sum runs in an order that depends only on the shapes and on the kind of CPU, so equal
//! inputs give equal bytes on one machine.

#[macro_use]
mod dispatch;
mod aligned;
mod elementwise;
mod logistic;
mod matrix;
mod prefetch;
mod row;
mod thin;

pub use aligned::Aligned;
pub use elementwise::{
    AdamStep, Scale, add_bias, add_scaled, mask_inactive, signed_logs, sum_columns,
};
pub use logistic::{logistic, softmax, softmax_of_row};
pub use matrix::{Destination, Matrix, matrix_product};
pub use prefetch::prefetch;
pub use row::{Dense, RowNetwork, RowScratch};
pub use thin::{THIN, ThinScratch};
