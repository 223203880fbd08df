//! Aggregates whose state is a Rust value: rows are added, states of parallel workers are merged, and a
//! final function of the aggregate's own reads the state.

use serde::{Serialize, de::DeserializeOwned};
use two_stage::serial;

use crate::{
    memory::{HeldMemory, Holders},
    pg::{Call, Failure, SqlResult, SqlState, SqlValue},
};

/// The largest state that is read from another process.
const MAX_BYTES: usize = 1 << 30;

/// The value that an aggregate gathers from its rows.
pub trait Gathered: Serialize + DeserializeOwned {
    /// The name of the aggregate, or of the first of those that share the state.
    const AGGREGATE: &'static str;

    /// The way to a smaller state, for a hint.
    const LESS_MEMORY: &'static str = "round the scores";

    /// Adds a state that was gathered elsewhere.
    fn merge(&mut self, other: Self) -> two_stage::Result<()>;

    /// Returns the memory that the state holds.
    fn bytes(&self) -> usize;

    /// Tells if a state that came as bytes can be used.
    fn is_sound(&self) -> bool;
}

/// A state and its memory.
struct State<T> {
    gathered: T,
    memory: HeldMemory,
}

impl<T: Gathered> State<T> {
    fn new(gathered: T) -> Self {
        Self { gathered, memory: HeldMemory::new(Holders::States(T::LESS_MEMORY)) }
    }

    fn count_memory(&mut self) -> Result<(), Failure> {
        self.memory.hold(self.gathered.bytes())
    }
}

/// Adds a row to the state, which is argument 0. The first row of a group makes the state by `new`.
pub fn add<T: Gathered>(
    call: &Call,
    new: impl FnOnce() -> Result<T, Failure>,
    add: impl FnOnce(&mut T) -> Result<(), Failure>,
) -> SqlResult {
    let state = match call.state::<State<T>>(0) {
        Some(state) => state,
        None => call.new_state(State::new(new()?))?,
    };
    add(&mut state.gathered)?;
    state.count_memory()?;
    Ok(Some(SqlValue::state(state)))
}

/// Merges the second state, which was gathered elsewhere, into the first; either may be NULL.
pub fn merge<T: Gathered>(call: &Call) -> SqlResult {
    let first = call.state::<State<T>>(0);
    let Some(second) = call.state::<Option<T>>(1) else {
        return Ok(first.map(SqlValue::state));
    };
    let second = second.take().ok_or_else(|| merged_twice::<T>())?;
    let state = match first {
        Some(state) => {
            state.gathered.merge(second)?;
            state
        }
        None => call.new_state(State::new(second))?,
    };
    state.count_memory()?;
    Ok(Some(SqlValue::state(state)))
}

/// Writes a state for another process.
pub fn serialize<T: Gathered>(call: &Call) -> SqlResult {
    let Some(state) = call.state::<State<T>>(0) else { return Ok(None) };
    let mut bytes = Vec::new();
    serial::append(&(T::AGGREGATE, VERSION, &state.gathered), &mut bytes, T::AGGREGATE)?;
    SqlValue::bytes(&bytes).map(Some)
}

/// Reads a state that [`serialize`] wrote; [`merge`] takes it as the second state.
pub fn deserialize<T: Gathered>(call: &Call) -> SqlResult {
    let Some(bytes) = call.bytes(0) else { return Ok(None) };
    let read = serial::read::<(String, String, T), MAX_BYTES>(bytes, T::AGGREGATE);
    let state = match read {
        Ok((aggregate, version, gathered))
            if aggregate == T::AGGREGATE && version == VERSION && gathered.is_sound() =>
        {
            gathered
        }
        _ => return Err(corrupt::<T>()),
    };
    Ok(Some(SqlValue::deserialized_state(Some(state))))
}

/// Defines the SQL functions that merge, write and read the states of an aggregate.
macro_rules! state_functions {
    ($state:ty: $merge:ident, $serialize:ident, $deserialize:ident) => {
        $crate::pg::sql_function!($merge);
        $crate::pg::sql_function!($serialize);
        $crate::pg::sql_function!($deserialize);

        fn $merge(call: &$crate::pg::Call) -> $crate::pg::SqlResult {
            $crate::aggregate::merge::<$state>(call)
        }

        fn $serialize(call: &$crate::pg::Call) -> $crate::pg::SqlResult {
            $crate::aggregate::serialize::<$state>(call)
        }

        fn $deserialize(call: &$crate::pg::Call) -> $crate::pg::SqlResult {
            $crate::aggregate::deserialize::<$state>(call)
        }
    };
}
pub(crate) use state_functions;

/// Returns the state for a final function; `None` if there were no rows.
pub fn gathered<T: Gathered>(call: &Call) -> Option<&mut T> {
    call.state::<State<T>>(0).map(|state| &mut state.gathered)
}

/// A state is read by the version that wrote it.
const VERSION: &str = env!("CARGO_PKG_VERSION");

fn corrupt<T: Gathered>() -> Failure {
    let aggregate = T::AGGREGATE;
    Failure::new(
        SqlState::ERRCODE_DATA_CORRUPTED,
        format!("a state of {aggregate} cannot be read by pg_intent {VERSION}"),
    )
    .with_hint("Install the same version of pg_intent on all nodes.")
}

fn merged_twice<T: Gathered>() -> Failure {
    Failure::internal(format!("a state of {} was merged twice", T::AGGREGATE))
}
