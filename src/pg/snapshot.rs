//! Tells when two calls see the same rows of every table.

use std::cell::Cell;

use pgrx::pg_sys::{self, Oid};

/// Identifies the snapshot and the user of the running statement.
///
/// A call site outlives its statement: PL/pgSQL keeps the sites of an expression for a whole
/// transaction. A model that was looked up for a site stays valid while this key stays equal. Between
/// `xmin` and `xmax` transactions only ever end, so equal bounds with equal numbers of running
/// transactions are the same set; `command` counts this transaction's own writes; the end of any
/// other transaction that wrote moves `xmax`; rolled-back savepoints are counted, because the
/// snapshot of a transaction does not show them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotKey {
    xmin: u32,
    xmax: u32,
    running: u32,
    running_below: i32,
    overflowed: bool,
    command: u32,
    rollbacks: u64,
    user: Oid,
}

/// PostgreSQL's functions without pgrx's guard against errors, which costs a large part of a score.
/// These functions only read and cannot fail.
mod unguarded {
    use pgrx::pg_sys::{Oid, Snapshot};

    unsafe extern "C" {
        pub fn ActiveSnapshotSet() -> bool;
        pub fn GetActiveSnapshot() -> Snapshot;
        pub fn GetUserId() -> Oid;
    }
}

thread_local! {
    /// The number of savepoints that this session rolled back.
    static ROLLBACKS: Cell<u64> = const { Cell::new(0) };
}

/// Starts to count the savepoints that are rolled back.
pub fn count_rollbacks() {
    // SAFETY: called once, while the library is loaded.
    unsafe { pg_sys::RegisterSubXactCallback(Some(count_rollback), std::ptr::null_mut()) };
}

/// Only counts, so it can neither fail nor unwind.
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

impl SnapshotKey {
    /// Returns `None` if no statement runs, when nothing can be looked up.
    pub fn current() -> Option<Self> {
        // SAFETY: reads the backend's own state, which raises no error; the snapshot is used at once.
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
