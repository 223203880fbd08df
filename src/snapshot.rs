//! Whether two calls see the same rows of every table.

use std::cell::Cell;

use pgrx::pg_sys::{self, Oid};

/// What the running statement sees, and as whom.
///
/// A call site outlives its statement: PL/pgSQL keeps the sites of an expression for a whole
/// transaction. What was looked up for a site holds while this value stays equal. Within the bounds
/// `xmin` and `xmax` transactions only ever end, so that equal bounds with equal numbers of running
/// transactions are the same set; `command` counts what this transaction itself has written; the
/// end of any other transaction that wrote moves `xmax`; own savepoints that are rolled back are
/// counted, because a transaction's only snapshot does not show them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    xmin: u32,
    xmax: u32,
    running: u32,
    running_below: i32,
    overflowed: bool,
    command: u32,
    rollbacks: u64,
    user: Oid,
}

/// PostgreSQL's own functions, as pgrx declares them, but without its guard against errors: they only
/// read, and a guard costs as much as a good part of scoring a customer.
mod unguarded {
    use pgrx::pg_sys::{Oid, Snapshot};

    unsafe extern "C" {
        pub fn ActiveSnapshotSet() -> bool;
        pub fn GetActiveSnapshot() -> Snapshot;
        pub fn GetUserId() -> Oid;
    }
}

thread_local! {
    /// Savepoints that this session rolled back.
    static ROLLBACKS: Cell<u64> = const { Cell::new(0) };
}

/// Counts the savepoints that are rolled back from now on.
pub fn watch_savepoints() {
    // SAFETY: called once, while the library is loaded.
    unsafe { pg_sys::RegisterSubXactCallback(Some(count_rollback), std::ptr::null_mut()) };
}

/// It only counts, and so can neither fail nor unwind.
unsafe extern "C-unwind" fn count_rollback(
    event: pg_sys::SubXactEvent::Type,
    _savepoint: pg_sys::SubTransactionId,
    _parent: pg_sys::SubTransactionId,
    _argument: *mut std::ffi::c_void,
) {
    if event == pg_sys::SubXactEvent::SUBXACT_EVENT_ABORT_SUB {
        ROLLBACKS.set(ROLLBACKS.get() + 1);
    }
}

impl Sight {
    /// None where no statement runs, and nothing can be looked up.
    pub fn current() -> Option<Self> {
        // SAFETY: reads the backend's own state, which raises nothing; the snapshot is used at once.
        unsafe {
            if !unguarded::ActiveSnapshotSet() {
                return None;
            }
            let snapshot = &*unguarded::GetActiveSnapshot();
            Some(Self {
                xmin: snapshot.xmin.into_inner(),
                xmax: snapshot.xmax.into_inner(),
                running: snapshot.xcnt,
                running_below: snapshot.subxcnt,
                overflowed: snapshot.suboverflowed,
                command: snapshot.curcid,
                rollbacks: ROLLBACKS.get(),
                user: unguarded::GetUserId(),
            })
        }
    }
}
