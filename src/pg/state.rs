//! States of aggregates: Rust values that PostgreSQL passes on as `internal`.

use pgrx::{
    PgMemoryContexts,
    pg_sys::{self, AggStrategy, Datum},
};

use super::{Call, Failure, SqlValue};

impl Call {
    /// Returns an argument of type internal, which is a state that one of the aggregate's functions
    /// returned. All of them share one type of state.
    #[allow(clippy::mut_from_ref)]
    pub fn state<T>(&self, index: usize) -> Option<&mut T> {
        // SAFETY: SQL cannot make a value of type internal, so the pointer is a state of this
        // aggregate; no two arguments are the same one.
        self.datum(index).map(|datum| unsafe { &mut *datum.cast_mut_ptr() })
    }

    /// Returns an argument of type internal as it was passed.
    pub fn state_value(&self, index: usize) -> Option<SqlValue> {
        // SAFETY: the argument is declared as internal.
        self.datum(index).map(|datum| unsafe { SqlValue::new(datum, pg_sys::INTERNALOID) })
    }

    /// Makes a state that lives as long as the group of the calling aggregate.
    #[allow(clippy::mut_from_ref)]
    pub fn new_state<T>(&self, state: T) -> Result<&mut T, Failure> {
        let mut context = std::ptr::null_mut();
        // SAFETY: fcinfo is valid; the context is filled in if an aggregate calls.
        let kind = unsafe { pg_sys::AggCheckCallContext(self.fcinfo(), &mut context) };
        if kind == 0 {
            return Err(Failure::internal("called outside an aggregate"));
        }
        let state = PgMemoryContexts::For(context).leak_and_drop_on_delete(state);
        // SAFETY: a new value, which lives as long as its memory context.
        Ok(unsafe { &mut *state })
    }

    /// Returns the bytes of a serialised state, which outlive the state that is read from them:
    /// PostgreSQL combines a state right after it is read, and until then keeps the row that it came in.
    pub fn serialized_state(&self, index: usize) -> Option<&'static [u8]> {
        // SAFETY: as above.
        self.bytes(index)
            .map(|bytes| unsafe { std::slice::from_raw_parts(bytes.as_ptr(), bytes.len()) })
    }

    /// Returns the executor's node of the calling aggregate, if one calls.
    fn aggregate(&self) -> Option<&pg_sys::AggState> {
        // SAFETY: fcinfo is valid; its context is NULL or a node, whose type is checked.
        unsafe {
            let context = (*self.fcinfo()).context;
            let is_aggregate =
                !context.is_null() && (*context).type_ == pg_sys::NodeTag::T_AggState;
            is_aggregate.then(|| &*context.cast())
        }
    }

    /// Tells if the calling aggregate has a GROUP BY.
    pub fn is_grouped(&self) -> bool {
        self.aggregate().is_some_and(|node| {
            // SAFETY: the plan of an aggregate's executor node is an Agg, as long as the node.
            let plan = unsafe { node.ss.ps.plan.cast::<pg_sys::Agg>().as_ref() };
            plan.is_some_and(|plan| plan.numCols > 0)
        })
    }

    /// Tells if the calling aggregate makes its groups one after the other and reads each state once. A
    /// hash table of groups may be read again.
    pub fn reads_states_once(&self) -> bool {
        use AggStrategy::{AGG_PLAIN, AGG_SORTED};
        self.aggregate().is_some_and(|node| [AGG_PLAIN, AGG_SORTED].contains(&node.aggstrategy))
    }

    /// Tells if the calling aggregate passes a partial state of one group to another node of this
    /// process, as the leader of a parallel plan does with its own rows.
    pub fn passes_state_within_process(&self) -> bool {
        // SAFETY: a variable of PostgreSQL's, which does not change during the life of a process.
        let is_worker = unsafe { pg_sys::ParallelWorkerNumber } >= 0;
        self.aggregate().is_some_and(|node| {
            !is_worker
                && node.aggstrategy == AggStrategy::AGG_PLAIN
                && node.aggsplit & pg_sys::AGGSPLITOP_SERIALIZE != 0
        })
    }
}

impl SqlValue {
    /// Returns a state to PostgreSQL; it was made by [`Call::new_state`] or passed by [`Call::state`].
    pub fn state<T>(state: &mut T) -> Self {
        // SAFETY: the value is a pointer, as type internal is.
        unsafe { Self::new(Datum::from(std::ptr::from_mut(state)), pg_sys::INTERNALOID) }
    }

    /// Makes a state that lives as long as the current memory context.
    pub fn deserialized_state<T>(state: T) -> Self {
        let state = PgMemoryContexts::CurrentMemoryContext.leak_and_drop_on_delete(state);
        // SAFETY: as above.
        unsafe { Self::new(Datum::from(state), pg_sys::INTERNALOID) }
    }
}
