//! Features as PostgreSQL holds them: a row, whose columns have names, or an array, whose elements
//! have places.

mod array;
mod customer;
mod fixed;
mod layout;
mod raw_numbers;
pub mod roles;
mod row;
mod scalar;
mod source;

pub use array::check_length;
pub use customer::no_customer;
pub use layout::{Layout, Wanted};
pub use raw_numbers::RawNumbers;
pub use scalar::Reader;
pub use source::{Consumer, Features, Source};
