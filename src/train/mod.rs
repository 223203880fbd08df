//! Training: the aggregate `train_intent_model`, and `train_model` over it.

mod activation;
mod aggregate;
mod arguments;
mod handover;
mod options;
mod query;
mod roles;
mod state;
mod train_model;
mod training;
mod watch;
