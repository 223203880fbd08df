//! Loading the library into a session.

use pgrx::prelude::*;

use super::{row_types, settings, snapshot};

pgrx::pg_module_magic!(name, version);

/// Called by PostgreSQL when it loads the library.
#[pg_guard]
pub extern "C-unwind" fn _PG_init() {
    settings::define();
    snapshot::count_rollbacks();
    row_types::count_changes();
}
