//! The state of the aggregate: rows that are gathered, on their way, or gone.

use super::{
    handover::{Waiting, gone},
    training::{Received, Training},
};
use crate::pg::Failure;

/// An aggregate's state, which the memory of its group owns.
pub enum State {
    Gathered(Box<Training>),
    /// Rows that were gathered elsewhere; if by another process, in the bytes that they came in.
    Received(Box<Received>),
    /// Rows that wait for another node of this process.
    HandedOver(Waiting),
    /// The rows were sent to another process, or merged into another state.
    Gone,
}

impl State {
    pub fn training(&mut self) -> Result<&mut Training, Failure> {
        match self {
            Self::Gathered(training) => Ok(training),
            _ => Err(gone()),
        }
    }

    /// Takes the rows that were gathered elsewhere.
    pub fn take_received(&mut self) -> Result<Received, Failure> {
        match std::mem::replace(self, Self::Gone) {
            Self::Received(received) => Ok(*received),
            _ => Err(gone()),
        }
    }

    /// Hands the rows over to another node of this process, and returns the token that stands for them.
    pub fn hand_over(&mut self) -> Result<Vec<u8>, Failure> {
        if let Self::Gathered(_) = self
            && let Self::Gathered(training) = std::mem::replace(self, Self::Gone)
        {
            *self = Self::HandedOver(Waiting::new(training));
        }
        match self {
            Self::HandedOver(waiting) => Ok(waiting.token()),
            _ => Err(gone()),
        }
    }
}
