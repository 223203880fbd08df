//! The SQL layer of pg_intent: it reads PostgreSQL's values, calls `two_stage`, and turns what
//! comes back into values and errors of PostgreSQL. Its SQL objects are declared in `sql/`.

mod aggregate;
mod cache;
mod call;
mod explain;
mod features;
mod inspect;
mod model_type;
mod options;
mod registry;
mod report;
mod score;
mod settings;
mod simulate;
mod site;
mod snapshot;
mod spi;
mod text;
mod train_model;
mod training_query;
mod types;
mod watch;

use pgrx::prelude::*;

pgrx::pg_module_magic!(name, version);

#[cfg(not(panic = "unwind"))]
compile_error!("a panic must unwind: PostgreSQL turns it into an error of one statement");

/// Called by PostgreSQL when it loads the library.
#[pg_guard]
pub extern "C-unwind" fn _PG_init() {
    settings::define();
    snapshot::watch_savepoints();
    types::watch();
}
