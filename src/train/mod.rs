//! Training: the aggregate `train_intent_model`, and `train_model` over it.

mod aggregate;
mod arguments;
mod handover;
mod memory;
mod options;
mod query;
mod state;
mod train_model;
mod training;
mod watch;
