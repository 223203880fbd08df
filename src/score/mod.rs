//! Scores and explanations of customers.

mod call_site;
mod explain;
#[allow(clippy::module_inception)]
mod score;
