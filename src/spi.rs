//! SQL statements of our own, with nothing taken from the search path.

use std::{cell::RefCell, collections::HashMap, ffi::CString};

use pgrx::pg_sys::{self, Datum, Oid};

use crate::{call::Call, report::Failure};

/// Whether a statement may write, and which rows it sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Sees what the calling statement sees, and assigns no transaction ID: also in a parallel
    /// worker, a READ ONLY transaction and on a standby. (pgrx's own client stops being read-only
    /// once the transaction has written.)
    Read,
    /// Sees what was committed, or written by this transaction, until now.
    Write,
}

/// A connection to PostgreSQL's server programming interface.
pub struct Connection(());

/// Rows that a statement returned; gone with the connection.
pub struct Rows {
    table: *mut pg_sys::SPITupleTable,
    pub count: u64,
}

/// Runs statements; what they return must be copied before the end.
pub fn connect<R>(work: impl FnOnce(&Connection) -> Result<R, Failure>) -> Result<R, Failure> {
    // SAFETY: connected and finished in pairs; an error in between ends the statement, and
    // PostgreSQL then closes the connection itself.
    unsafe {
        succeed("SPI_connect", pg_sys::SPI_connect())?;
        let result = work(&Connection(()))?;
        succeed("SPI_finish", pg_sys::SPI_finish())?;
        Ok(result)
    }
}

impl Connection {
    pub fn execute(
        &self,
        access: Access,
        statement: &str,
        arguments: &[(Oid, Option<Datum>)],
    ) -> Result<Rows, Failure> {
        let (mut types, mut values, nulls) = split(arguments);
        let statement = c_string(statement)?;
        // SAFETY: connected; the arrays have one entry an argument.
        unsafe {
            let code = pg_sys::SPI_execute_with_args(
                statement.as_ptr(),
                arguments.len() as i32,
                types.as_mut_ptr(),
                values.as_mut_ptr(),
                nulls.as_ptr(),
                access == Access::Read,
                0,
            );
            succeed("SPI_execute_with_args", code)?;
            Ok(Rows::of_last())
        }
    }

    /// The same, by a plan that the session keeps: planning a look-up takes longer than the look-up.
    /// PostgreSQL plans it anew where something that it rests on has changed.
    pub fn execute_often(
        &self,
        access: Access,
        statement: &str,
        arguments: &[(Oid, Option<Datum>)],
    ) -> Result<Rows, Failure> {
        let (types, mut values, nulls) = split(arguments);
        let plan = kept_plan(statement, &types)?;
        // SAFETY: connected; the plan is kept for ever, and the arrays have one entry an argument.
        unsafe {
            let read_only = access == Access::Read;
            let code =
                pg_sys::SPI_execute_plan(plan, values.as_mut_ptr(), nulls.as_ptr(), read_only, 0);
            succeed("SPI_execute_plan", code)?;
            Ok(Rows::of_last())
        }
    }

    /// Plans a statement; its arguments have the given types.
    pub fn prepare(&self, statement: &str, types: &[Oid]) -> Result<pg_sys::SPIPlanPtr, Failure> {
        let statement = c_string(statement)?;
        // SAFETY: connected; the plan lives as long as the connection.
        let plan = unsafe {
            pg_sys::SPI_prepare_cursor(
                statement.as_ptr(),
                types.len() as i32,
                types.as_ptr().cast_mut(),
                pg_sys::CURSOR_OPT_PARALLEL_OK as i32,
            )
        };
        if plan.is_null() {
            return Err(Failure::internal("a statement could not be prepared"));
        }
        Ok(plan)
    }

    /// Runs a prepared statement to its end, which is what lets it use parallel workers.
    pub fn execute_plan(
        &self,
        plan: pg_sys::SPIPlanPtr,
        arguments: &[(Oid, Option<Datum>)],
    ) -> Result<Rows, Failure> {
        let (_, mut values, nulls) = split(arguments);
        // SAFETY: connected; `plan` was prepared by this connection with as many arguments.
        unsafe {
            let code =
                pg_sys::SPI_execute_plan(plan, values.as_mut_ptr(), nulls.as_ptr(), false, 0);
            succeed("SPI_execute_plan", code)?;
            Ok(Rows::of_last())
        }
    }
}

impl Rows {
    /// # Safety
    /// Called right after a statement.
    unsafe fn of_last() -> Self {
        // SAFETY: PostgreSQL sets both for each statement.
        unsafe { Self { table: pg_sys::SPI_tuptable, count: pg_sys::SPI_processed } }
    }

    /// The first column of the first row; None where it is NULL or where there is no row.
    pub fn first(&self) -> Option<Datum> {
        if self.table.is_null() || self.count == 0 {
            return None;
        }
        let mut null = false;
        // SAFETY: the table has `count` rows, of at least one column.
        let value = unsafe {
            pg_sys::SPI_getbinval(*(*self.table).vals, (*self.table).tupdesc, 1, &mut null)
        };
        (!null).then_some(value)
    }

    /// The type of the first column.
    pub fn first_type(&self) -> Oid {
        if self.table.is_null() {
            return Oid::INVALID;
        }
        // SAFETY: the table describes at least one column.
        unsafe { pg_sys::SPI_gettypeid((*self.table).tupdesc, 1) }
    }
}

/// The schema that the called function lives in, quoted: that of the whole extension.
pub fn schema(call: &Call) -> Result<String, Failure> {
    // SAFETY: looks names up in the catalog; each result is a NUL-terminated string or NULL.
    unsafe {
        let name = pg_sys::get_namespace_name(pg_sys::get_func_namespace(call.function()?));
        if name.is_null() {
            return Err(Failure::internal("the function's schema is gone"));
        }
        let quoted = std::ffi::CStr::from_ptr(pg_sys::quote_identifier(name));
        Ok(crate::text::from_server(quoted.to_bytes())?.to_owned())
    }
}

thread_local! {
    /// By statement, which is one for each schema that has the extension.
    static KEPT_PLANS: RefCell<HashMap<String, pg_sys::SPIPlanPtr>> = RefCell::default();
}

fn kept_plan(statement: &str, types: &[Oid]) -> Result<pg_sys::SPIPlanPtr, Failure> {
    if let Some(plan) = KEPT_PLANS.with_borrow(|plans| plans.get(statement).copied()) {
        return Ok(plan);
    }
    let text = c_string(statement)?;
    // SAFETY: connected; a plan that was made lives until the session ends.
    let plan = unsafe {
        let plan =
            pg_sys::SPI_prepare(text.as_ptr(), types.len() as i32, types.as_ptr().cast_mut());
        if plan.is_null() {
            return Err(Failure::internal("a statement could not be prepared"));
        }
        succeed("SPI_keepplan", pg_sys::SPI_keepplan(plan))?;
        plan
    };
    KEPT_PLANS.with_borrow_mut(|plans| plans.insert(statement.to_owned(), plan));
    Ok(plan)
}

fn split(arguments: &[(Oid, Option<Datum>)]) -> (Vec<Oid>, Vec<Datum>, Vec<std::ffi::c_char>) {
    let types = arguments.iter().map(|(type_, _)| *type_).collect();
    let values = arguments.iter().map(|(_, value)| value.unwrap_or(Datum::null())).collect();
    let nulls = arguments
        .iter()
        .map(|(_, value)| if value.is_none() { b'n' } else { b' ' } as std::ffi::c_char)
        .collect();
    (types, values, nulls)
}

fn c_string(statement: &str) -> Result<CString, Failure> {
    CString::new(crate::text::to_server(statement)?)
        .map_err(|_| Failure::internal("a statement contains a NUL"))
}

fn succeed(what: &str, code: i32) -> Result<(), Failure> {
    if code < 0 {
        return Err(Failure::internal(format!("{what} failed with code {code}")));
    }
    Ok(())
}
