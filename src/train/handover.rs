//! Hands the rows that the leader of a parallel plan gathered from one node of its plan to another. They
//! stay where they are: a copy would double the memory of the leader.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    rc::{Rc, Weak},
};

use super::training::Training;
use crate::pg::Failure;

const MAGIC: [u8; 8] = *b"PGIMhere";

/// A training that waits to be taken by another node. It is freed with the state that handed it over.
pub struct Waiting {
    /// Owns the training until another node takes it.
    _training: Rc<Slot>,
    number: u64,
}

type Slot = Cell<Option<Box<Training>>>;

thread_local! {
    static WAITING: RefCell<HashMap<u64, Weak<Slot>>> = RefCell::default();
    static LAST: Cell<u64> = const { Cell::new(0) };
    /// A number that no other process has.
    static PROCESS: u64 =
        RandomState::new().hash_one((std::process::id(), std::time::SystemTime::now()));
}

impl Waiting {
    pub fn new(training: Box<Training>) -> Self {
        let number = LAST.get() + 1;
        LAST.set(number);
        let training = Rc::new(Cell::new(Some(training)));
        WAITING.with_borrow_mut(|waiting| {
            waiting.retain(|_, training| training.strong_count() > 0);
            waiting.insert(number, Rc::downgrade(&training));
        });
        Self { _training: training, number }
    }

    /// Writes the token that stands for the training.
    pub fn token(&self) -> Vec<u8> {
        let process = PROCESS.with(|number| *number);
        [MAGIC, process.to_ne_bytes(), self.number.to_ne_bytes()].concat()
    }
}

/// Takes the training that a token stands for; `None` if the bytes are not a token.
pub fn take(bytes: &[u8]) -> Result<Option<Box<Training>>, Failure> {
    let ([MAGIC, process, number], []) = bytes.as_chunks() else { return Ok(None) };
    if u64::from_ne_bytes(*process) != PROCESS.with(|number| *number) {
        return Err(Failure::internal("a state of train_intent_model came from another process"));
    }
    let waiting = WAITING.with_borrow_mut(|all| all.remove(&u64::from_ne_bytes(*number)));
    let training = waiting.and_then(|training| training.upgrade()).and_then(|cell| cell.take());
    training.map(Some).ok_or_else(gone)
}

/// Makes the error for a state whose rows are elsewhere.
pub fn gone() -> Failure {
    Failure::internal("a state of train_intent_model was used after it was sent or merged")
}
