//! Plans: which customers are contacted with which campaign, within a budget, caps and floors.
//!
//! A plan is prices: of the budget, of each campaign, and a subsidy for each group with a floor. Rows are
//! gathered ([`Customers`]), the prices are found by descent on the dual, and rounded so that the choices
//! that they make break no bound ([`solve`]).

mod arguments;
mod bounds;
mod buffer;
mod criteria;
mod cut;
mod descent;
mod floors;
mod gathering;
mod grid;
mod near;
mod options;
mod prices;
mod rounding;
mod rows;
mod sketch;
mod solve;

pub use arguments::{benefit, check_benefit, check_cost, check_pair, cost};
pub use gathering::Customers;
pub use grid::Grid;
pub use options::Options;
pub use prices::{Choice, Prices};
pub use solve::{Plan, solve};

#[cfg(test)]
mod sampled_tests;
#[cfg(test)]
mod tests;
