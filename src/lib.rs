//! The SQL layer of pg_intent: it reads PostgreSQL's values, calls `two_stage`, and turns the results
//! into values and errors of PostgreSQL. Its SQL objects are declared in `sql/`.

mod features;
mod models;
mod pg;
mod score;
mod simulate;
mod train;

use pgrx::extension_sql_file;

extension_sql_file!("../sql/model.sql", bootstrap);
extension_sql_file!("../sql/registry.sql", requires = ["model"]);
extension_sql_file!("../sql/training.sql", requires = ["registry"]);
extension_sql_file!("../sql/scoring.sql", requires = ["training"]);
extension_sql_file!("../sql/inspection.sql", requires = ["scoring"]);
extension_sql_file!("../sql/explanation.sql", requires = ["inspection"]);
extension_sql_file!("../sql/simulation.sql", requires = ["explanation"]);

#[cfg(not(panic = "unwind"))]
compile_error!("a panic must unwind: PostgreSQL turns it into an error of one statement");
