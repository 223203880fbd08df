//! The memory of all trainings of this process together.

use std::cell::Cell;

use crate::pg::{Failure, SqlState, settings};

/// The memory that one training holds.
#[derive(Default)]
pub struct HeldMemory {
    bytes: usize,
}

/// The memory of all trainings.
#[derive(Clone, Copy)]
struct Total {
    bytes: usize,
    trainings: usize,
}

thread_local! {
    static TOTAL: Cell<Total> = const { Cell::new(Total { bytes: 0, trainings: 0 }) };
}

impl HeldMemory {
    /// Holds `bytes` from now on. One training stays within the limit by sampling; several at once can
    /// exceed it together, which is an error.
    pub fn hold(&mut self, bytes: usize) -> Result<(), Failure> {
        if bytes == self.bytes {
            return Ok(());
        }
        let total = TOTAL.get();
        let total = Total {
            bytes: total.bytes - self.bytes + bytes,
            trainings: total.trainings + usize::from(self.bytes == 0) - usize::from(bytes == 0),
        };
        TOTAL.set(total);
        self.bytes = bytes;
        let limit = settings::training_memory();
        if total.trainings > 1 && total.bytes > limit {
            return Err(Failure::new(
                SqlState::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
                format!(
                    "{} trainings at once hold {}, more than pg_intent.training_memory = {}",
                    total.trainings,
                    megabytes(total.bytes),
                    megabytes(limit)
                ),
            )
            .with_hint("Set enable_hashagg = off, so that one group is trained after the other."));
        }
        Ok(())
    }
}

impl Drop for HeldMemory {
    fn drop(&mut self) {
        if self.bytes > 0 {
            let Total { bytes, trainings } = TOTAL.get();
            TOTAL.set(Total { bytes: bytes - self.bytes, trainings: trainings - 1 });
        }
    }
}

/// Writes a number of bytes for a message.
pub fn megabytes(bytes: usize) -> String {
    format!("{} MB", bytes.div_ceil(1 << 20))
}
