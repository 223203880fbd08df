//! The two-stage model with missing campaign labels of Gopalakrishnan et al. (arXiv 2602.12485).
//!
//! This is pure Rust without PostgreSQL. A training row flows `sample → encoding → training → model →
//! codec`, a score `encoding → scorer`, and its reasons `encoding → explanation`. The method itself
//! is told in docs/method.md.
//!
//! ```
//! use two_stage::{
//!     column::{Column, Value},
//!     options::Options,
//!     poll::Poll,
//!     sample::{Sample, Target},
//!     scorer::Scorer,
//!     simulate::{FEATURES, Simulator},
//!     training::{Observer, Outcome, Progress, train},
//! };
//!
//! struct Quiet;
//! impl Observer for Quiet {
//!     fn progress(&mut self, _: &Progress) {}
//! }
//!
//! let options = Options::from_json(r#"{"epochs": 10, "ensemble": 1}"#)?;
//! let mut sample = Sample::new(options.seed(), 1 << 20, Poll::NEVER);
//! let columns = FEATURES.iter().map(|&(name, kind)| Column { name: name.into(), kind });
//! sample.set_columns(columns.collect(), false)?;
//! let simulator = Simulator::new(0.4, 0.6, 1)?;
//! for customer in (0..2000).map(|index| simulator.customer(index)) {
//!     let (segment, exposed) = (Some(customer.observed), Some(customer.exposed));
//!     let target = Target { segment, exposed, propensity: None, weight: None, customer: None };
//!     sample.push(customer.features.iter().map(|&x| Value::number(x)), target)?;
//! }
//! if let Outcome::Model(model) = train(&mut sample, &options, &mut Quiet)? {
//!     let customer = simulator.customer(2000);
//!     let score = Scorer::new(*model).score(customer.features.iter().map(|&x| Value::number(x)))?;
//!     println!("uplift {:.2}, intent {:.2}", score.campaign_driven, score.intent());
//! }
//! # Ok::<(), two_stage::Error>(())
//! ```

#![forbid(unsafe_code)]

pub mod codec;
pub mod column;
mod encoding;
pub mod error;
pub mod evaluation;
mod explanation;
mod format;
pub mod model;
mod network;
pub mod options;
pub mod poll;
mod probability;
mod quantiles;
pub mod sample;
pub mod scorer;
pub mod segment;
pub mod serial;
pub mod simulate;
#[cfg(test)]
mod testing;
pub mod training;
pub mod word;

pub use encoding::Description;
pub use error::{Error, ErrorContent, ErrorKind, Result};
