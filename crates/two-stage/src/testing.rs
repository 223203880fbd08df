//! Helpers of the tests: a training that nobody watches, and samples of a few columns.

use crate::{
    column::{Column, Kind},
    model::TwoStageModel,
    options::Options,
    poll::Poll,
    sample::{Sample, Target},
    segment::Segment,
    training::{Observer, Outcome, Progress, train},
};

/// Watches nothing, and allows this number of threads.
pub struct Threads(pub usize);

impl Observer for Threads {
    fn progress(&mut self, _: &Progress) {}

    fn threads(&self) -> usize {
        self.0
    }
}

/// An observer that allows one thread.
pub const QUIET: Threads = Threads(1);

/// A memory limit that no test passes.
pub const NO_LIMIT: usize = 1 << 30;

pub fn column(name: &str, kind: Kind) -> Column {
    Column { name: name.into(), kind }
}

/// An empty sample with these columns.
pub fn sample(columns: &[Column]) -> Sample {
    let mut sample = Sample::new(0, NO_LIMIT, Poll::NEVER);
    sample.set_columns(columns.to_vec(), false).unwrap();
    sample
}

/// An exposed customer of this segment.
pub fn target(segment: Segment) -> Target {
    Target {
        segment: Some(segment),
        exposed: Some(true),
        propensity: None,
        weight: None,
        customer: None,
    }
}

/// The model of a training that must succeed.
pub fn trained(mut sample: Sample, options: &str) -> TwoStageModel {
    model(train(&mut sample, &Options::from_json(options).unwrap(), &mut { QUIET }).unwrap())
}

/// The model of an outcome that must have one.
pub fn model(outcome: Outcome) -> TwoStageModel {
    match outcome {
        Outcome::Model(model) => *model,
        other => panic!("no model: {other:?}"),
    }
}
