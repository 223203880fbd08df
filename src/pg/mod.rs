//! The only folder that calls PostgreSQL's C functions: safe Rust over them for the rest of `src`.

mod activity;
mod argument;
mod array;
mod array_value;
mod call;
mod double_array;
mod elements;
mod encoding;
mod error;
pub mod hex;
mod json;
mod library;
mod memory;
mod query;
mod record;
mod result;
mod rights;
mod row_types;
mod scalar;
mod session;
pub mod settings;
mod signals;
mod snapshot;
mod spi;
mod state;
mod types;
mod value;
mod varlena;

pub use activity::Activity;
pub use argument::{ArrayArgument, RecordArgument, TypedArgument};
pub use array::{Array, ElementType, Elements};
pub use call::{Call, SqlResult};
pub use encoding::{from_server, to_server};
pub use error::{Failure, SqlState, debug, notice, warning, warning_with_hint};
pub use json::json_of_content;
pub use memory::Scratch;
pub use query::{Query, QueryColumn};
pub use record::{PhysicalColumn, Record, RowColumn, RowType};
pub use result::ResultRow;
pub use rights::{Right, Rights, current_user};
pub use scalar::Scalar;
pub use session::{check_for_interrupts, refuse_read_only};
pub use signals::BlockedSignals;
pub use snapshot::SnapshotKey;
pub use spi::{Access, Connection, Parameter, Rows, connect, extension_schema, text_parameter};
pub use types::{Oid, base_type, element_type, is_enum, oid, qualified_type_name, type_name};
pub use value::SqlValue;

/// Called by [`sql_function!`] alone.
pub use call::run;
pub(crate) use call::sql_function;
