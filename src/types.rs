//! Whether a row type may have been altered since it was looked up.

use std::cell::Cell;

use pgrx::pg_sys::{self, Datum, Oid};

thread_local! {
    static CHANGES: Cell<u64> = const { Cell::new(0) };
}

/// Counts the changes of tables and row types from now on.
pub fn watch() {
    // SAFETY: called once, while the library is loaded.
    unsafe { pg_sys::CacheRegisterRelcacheCallback(Some(count_change), Datum::null()) };
}

/// Stays equal as long as this session has heard of no change of any table or row type.
pub fn changes() -> u64 {
    CHANGES.get()
}

/// It only counts, and so can neither fail nor unwind.
unsafe extern "C-unwind" fn count_change(_argument: Datum, _relation: Oid) {
    CHANGES.set(CHANGES.get() + 1);
}
