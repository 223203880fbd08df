//! Models: their type, their table, the cache of a session, and the functions that describe them.

mod argument;
mod cache;
mod inspect;
mod lists;
mod model_type;
mod named;
mod page;
mod registry;
mod rights;
mod summary;
mod used;

pub use cache::CachedModel;
pub use lists::{ListedModel, ModelLists};
pub use model_type::decode;
pub use named::null_argument;
pub use registry::{Activate, NewVersion, Registry, Saved, check_name};
pub use used::UsedModels;
