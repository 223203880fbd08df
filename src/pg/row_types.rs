//! Counts the changes of row types, so that a layout knows when it must look its type up again.

use std::cell::Cell;

use pgrx::pg_sys::{self, Datum, Oid};

thread_local! {
    static CHANGES: Cell<u64> = const { Cell::new(0) };
}

/// Starts to count the changes of tables and row types.
pub fn count_changes() {
    // SAFETY: called once, while the library is loaded.
    unsafe { pg_sys::CacheRegisterRelcacheCallback(Some(count_change), Datum::null()) };
}

/// Stays equal until this session hears of a change of any table or row type.
pub fn changes() -> u64 {
    CHANGES.get()
}

/// Only counts, so it can neither fail nor unwind.
unsafe extern "C-unwind" fn count_change(_argument: Datum, _relation: Oid) {
    CHANGES.set(CHANGES.get() + 1);
}
