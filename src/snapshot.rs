//! Whether two calls see the same rows of every table.

use pgrx::pg_sys::{self, Oid};

/// What the running statement sees, and as whom.
///
/// A call site outlives its statement: PL/pgSQL keeps the sites of an expression for a whole
/// transaction. What was looked up for a site holds while this value stays equal. Within the bounds
/// `xmin` and `xmax` transactions only ever end, so that equal bounds with equal numbers of running
/// transactions are the same set; `command` counts what this transaction itself has written; the
/// end of any transaction that wrote, own savepoints included, moves `xmax`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    xmin: u32,
    xmax: u32,
    running: u32,
    running_below: i32,
    overflowed: bool,
    command: u32,
    user: Oid,
}

impl Sight {
    /// None where no statement runs, and nothing can be looked up.
    pub fn current() -> Option<Self> {
        // SAFETY: reads the backend's own state; the snapshot is used at once.
        unsafe {
            if !pg_sys::ActiveSnapshotSet() {
                return None;
            }
            let snapshot = &*pg_sys::GetActiveSnapshot();
            Some(Self {
                xmin: snapshot.xmin.into_inner(),
                xmax: snapshot.xmax.into_inner(),
                running: snapshot.xcnt,
                running_below: snapshot.subxcnt,
                overflowed: snapshot.suboverflowed,
                command: snapshot.curcid,
                user: pg_sys::GetUserId(),
            })
        }
    }
}
