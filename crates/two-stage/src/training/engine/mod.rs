//! The engine: fits one network to one objective, on all threads of a training.

mod chances;
mod epoch_order;
mod fit;
mod objective;
mod plan;
mod pool;
mod predict;
mod random;

pub(super) use chances::{Logistic, Softmax, for_each_logistic, for_each_softmax};
pub(super) use fit::{Fitted, fit};
pub(super) use objective::{Objective, Tally};
pub(super) use plan::{Plan, evenly};
pub(super) use pool::{Pool, with_pool};
pub(super) use predict::predict;
pub(super) use random::{Stream, stream};
