//! The memory that aggregates of this process hold together: all trainings, and all other aggregates.

use std::cell::Cell;

use crate::pg::{Failure, SqlState, settings};

/// The memory of one aggregate's state.
pub struct HeldMemory {
    holders: Holders,
    bytes: usize,
}

/// Aggregates that share the limit `pg_intent.training_memory`.
#[derive(Clone, Copy)]
pub enum Holders {
    /// Trainings. One stays within the limit by sampling; several at once can exceed it together.
    Trainings,
    /// The states of all other aggregates, with the way to a smaller one.
    States(&'static str),
}

impl Holders {
    /// Returns the place of the holders' total.
    fn place(self) -> usize {
        match self {
            Self::Trainings => 0,
            Self::States(_) => 1,
        }
    }
}

/// The memory that holders have together.
#[derive(Clone, Copy)]
struct Total {
    bytes: usize,
    holders: usize,
}

thread_local! {
    static TOTALS: [Cell<Total>; 2] = const { [const { Cell::new(Total { bytes: 0, holders: 0 }) }; 2] };
}

impl HeldMemory {
    pub fn new(holders: Holders) -> Self {
        Self { holders, bytes: 0 }
    }

    /// Holds `bytes` from now on, or returns an error if all holders exceed the limit together.
    pub fn hold(&mut self, bytes: usize) -> Result<(), Failure> {
        if bytes == self.bytes {
            return Ok(());
        }
        let total = self.count(bytes);
        let limit = settings::training_memory();
        if total.bytes <= limit {
            return Ok(());
        }
        match self.holders {
            Holders::Trainings if total.holders > 1 => Err(too_many_trainings(total, limit)),
            Holders::Trainings => Ok(()),
            Holders::States(less) => Err(too_large_states(total, limit, less)),
        }
    }

    fn count(&mut self, bytes: usize) -> Total {
        TOTALS.with(|totals| {
            let of_holders = &totals[self.holders.place()];
            let Total { bytes: sum, holders } = of_holders.get();
            let total = Total {
                bytes: sum - self.bytes + bytes,
                holders: holders + usize::from(self.bytes == 0) - usize::from(bytes == 0),
            };
            of_holders.set(total);
            self.bytes = bytes;
            total
        })
    }
}

impl Drop for HeldMemory {
    fn drop(&mut self) {
        if self.bytes > 0 {
            self.count(0);
        }
    }
}

fn too_many_trainings(total: Total, limit: usize) -> Failure {
    Failure::new(
        SqlState::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
        format!("{} trainings at once hold {}", total.holders, compared(total.bytes, limit)),
    )
    .with_hint("Set enable_hashagg = off, so that one group is trained after the other.")
}

fn too_large_states(total: Total, limit: usize, less: &str) -> Failure {
    let hint = match total.holders {
        1 => format!("Raise pg_intent.training_memory, or {less}."),
        _ => {
            "Set enable_hashagg = off, so that one group is aggregated after the other.".to_owned()
        }
    };
    Failure::new(
        SqlState::ERRCODE_OUT_OF_MEMORY,
        format!("states of aggregates hold {}", compared(total.bytes, limit)),
    )
    .with_hint(hint)
}

fn compared(bytes: usize, limit: usize) -> String {
    let [bytes, limit] = [bytes, limit].map(megabytes);
    format!("{bytes}, more than pg_intent.training_memory = {limit}")
}

/// Writes a number of bytes for a message.
pub fn megabytes(bytes: usize) -> String {
    format!("{} MB", bytes.div_ceil(1 << 20))
}
