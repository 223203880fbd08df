//! Scores and explanations of customers, and the campaign to recommend.

mod call_site;
mod explain;
mod recommend;
#[allow(clippy::module_inception)]
mod score;
