//! The session: interrupts, its end, and transactions that may not write.

use std::{cell::Cell, ffi::CStr};

use pgrx::pg_sys;

/// Ends the statement if the user or the administrator asked for it.
#[inline]
pub fn check_for_interrupts() {
    pg_sys::check_for_interrupts!();
}

/// Raises PostgreSQL's error if the transaction may not write. The error names `command`.
pub fn refuse_read_only(command: &CStr) {
    // SAFETY: the name is NUL-terminated.
    unsafe { pg_sys::PreventCommandIfReadOnly(command.as_ptr()) };
}

thread_local! {
    static AT_EXIT: Cell<Option<fn()>> = const { Cell::new(None) };
}

/// Calls `run` when the session ends, before PostgreSQL frees the memory of the transaction. A session
/// has one such function.
pub fn before_exit(run: fn()) {
    if AT_EXIT.replace(Some(run)).is_none() {
        // SAFETY: registers a function that stays loaded; the last one registered runs first.
        unsafe { pg_sys::before_shmem_exit(Some(at_exit), pg_sys::Datum::null()) };
    }
}

unsafe extern "C-unwind" fn at_exit(_code: std::ffi::c_int, _argument: pg_sys::Datum) {
    if let Some(run) = AT_EXIT.get() {
        run();
    }
}
