//! The entry of this session in `pg_stat_activity`.

use std::ffi::{CStr, CString};

use pgrx::pg_sys;

/// Shows a comment in front of the running statement. The statement alone comes back when this is
/// dropped, also by an error.
pub struct Activity {
    statement: Vec<u8>,
}

impl Activity {
    pub fn new() -> Self {
        // SAFETY: the text of the running statement, NUL-terminated, or NULL if there is none.
        let statement = unsafe {
            match pg_sys::debug_query_string {
                text if text.is_null() => Vec::new(),
                text => CStr::from_ptr(text).to_bytes().to_vec(),
            }
        };
        Self { statement }
    }

    /// Shows a comment, which is ASCII and so the same in every encoding.
    pub fn show(&self, comment: &str) {
        let mut shown = format!("/* pg_intent: {comment} */ ").into_bytes();
        shown.extend(&self.statement);
        report(shown);
    }
}

fn report(shown: Vec<u8>) {
    let Ok(shown) = CString::new(shown) else { return };
    // SAFETY: copies the text to the entry of this backend. PostgreSQL takes it for a new statement and
    // forgets the query's ID, which is why that is set again.
    unsafe {
        let query = pg_sys::pgstat_get_my_query_id();
        pg_sys::pgstat_report_activity(pg_sys::BackendState::STATE_RUNNING, shown.as_ptr());
        pg_sys::pgstat_report_query_id(query, true);
    }
}

impl Drop for Activity {
    fn drop(&mut self) {
        report(std::mem::take(&mut self.statement));
    }
}
