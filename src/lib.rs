//! The SQL layer of pg_intent: it reads PostgreSQL's values, calls `two_stage`, and turns the results
//! into values and errors of PostgreSQL. Its SQL objects are declared in `sql/`.

mod aggregate;
mod decide;
mod drift;
mod evaluate;
mod features;
mod memory;
mod models;
mod pg;
mod plan;
mod score;
mod simulate;
mod train;

#[cfg(not(panic = "unwind"))]
compile_error!("a panic must unwind: PostgreSQL turns it into an error of one statement");
