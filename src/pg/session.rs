//! The session: interrupts, and transactions that may not write.

use std::ffi::CStr;

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
