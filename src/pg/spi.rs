//! SQL statements that the extension runs. They take nothing from the search path.

use std::{
    cell::RefCell,
    collections::HashMap,
    ffi::{CStr, CString},
};

use pgrx::pg_sys::{self, Datum};

use super::{
    Call, Failure, Oid, SqlValue, from_server, oid, to_server, types::is_variable_length,
    value::copied_bytes,
};

/// Tells if a statement may write, and which rows it sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Sees the rows that the calling statement sees, and assigns no transaction ID, so that it runs in
    /// a parallel worker, a READ ONLY transaction and on a standby. (pgrx's own client stops being
    /// read-only once the transaction has written.)
    Read,
    /// Sees the rows that are committed, or written by this transaction, at this moment.
    Write,
}

/// A connection to PostgreSQL's server programming interface.
pub struct Connection(());

/// A parameter of a statement: its type, and its value or NULL.
pub type Parameter = (Oid, Option<SqlValue>);

/// The rows that a statement returned.
pub struct Rows<'c> {
    table: *mut pg_sys::SPITupleTable,
    pub count: u64,
    _connection: &'c Connection,
}

/// A statement that was planned.
pub struct Plan<'c> {
    plan: pg_sys::SPIPlanPtr,
    _connection: &'c Connection,
}

/// Runs `work`, which runs statements.
pub fn connect<R>(work: impl FnOnce(&Connection) -> Result<R, Failure>) -> Result<R, Failure> {
    // SAFETY: connects and finishes in pairs; an error in between ends the statement, and PostgreSQL
    // then closes the connection itself.
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
        parameters: &[Parameter],
    ) -> Result<Rows<'_>, Failure> {
        let (mut types, mut values, nulls) = split(parameters);
        let statement = c_string(statement)?;
        // SAFETY: connected; the arrays have one entry for each parameter.
        let code = unsafe {
            pg_sys::SPI_execute_with_args(
                statement.as_ptr(),
                parameters.len() as i32,
                types.as_mut_ptr(),
                values.as_mut_ptr(),
                nulls.as_ptr(),
                access == Access::Read,
                0,
            )
        };
        self.rows("SPI_execute_with_args", code)
    }

    /// Like [`Connection::execute`], by a plan that the session keeps: planning a look-up takes longer
    /// than the look-up. PostgreSQL plans it anew if something that it depends on has changed.
    pub fn execute_often(
        &self,
        access: Access,
        statement: &str,
        parameters: &[Parameter],
    ) -> Result<Rows<'_>, Failure> {
        let (types, ..) = split(parameters);
        let plan = kept_plan(statement, &types)?;
        self.run(plan, access, parameters)
    }

    /// Plans a statement, for parallel workers too.
    pub fn plan(&self, statement: &str, types: &[Oid]) -> Result<Plan<'_>, Failure> {
        Ok(Plan { plan: self.prepare(statement, types)?, _connection: self })
    }

    /// Runs a planned statement to its end, which is what lets it use parallel workers.
    pub fn execute_plan(&self, plan: &Plan, parameters: &[Parameter]) -> Result<Rows<'_>, Failure> {
        self.run(plan.plan, Access::Write, parameters)
    }

    /// Plans a statement; the plan lives as long as the connection.
    pub(super) fn prepare(
        &self,
        statement: &str,
        types: &[Oid],
    ) -> Result<pg_sys::SPIPlanPtr, Failure> {
        let statement = c_string(statement)?;
        // SAFETY: connected; the types are as many as is said.
        let plan = unsafe {
            pg_sys::SPI_prepare_cursor(
                statement.as_ptr(),
                types.len() as i32,
                types.as_ptr().cast_mut(),
                pg_sys::CURSOR_OPT_PARALLEL_OK as i32,
            )
        };
        made(plan)
    }

    fn run(
        &self,
        plan: pg_sys::SPIPlanPtr,
        access: Access,
        parameters: &[Parameter],
    ) -> Result<Rows<'_>, Failure> {
        let (_, mut values, nulls) = split(parameters);
        let read_only = access == Access::Read;
        // SAFETY: the plan lives as long as the connection or the session.
        let fits = unsafe {
            pg_sys::SPI_getargcount(plan) == parameters.len() as i32
                && (0..)
                    .zip(parameters)
                    .all(|(i, (type_, _))| pg_sys::SPI_getargtypeid(plan, i) == *type_)
        };
        if !fits {
            return Err(Failure::internal(
                "a statement got other parameters than it was planned for",
            ));
        }
        // SAFETY: connected; the arrays have one entry for each parameter of the plan, of its type.
        let code = unsafe {
            pg_sys::SPI_execute_plan(plan, values.as_mut_ptr(), nulls.as_ptr(), read_only, 0)
        };
        self.rows("SPI_execute_plan", code)
    }

    /// Returns the rows of the statement that has just run.
    fn rows(&self, what: &str, code: i32) -> Result<Rows<'_>, Failure> {
        succeed(what, code)?;
        // SAFETY: PostgreSQL sets both for each statement.
        let (table, count) = unsafe { (pg_sys::SPI_tuptable, pg_sys::SPI_processed) };
        Ok(Rows { table, count, _connection: self })
    }
}

impl Rows<'_> {
    /// Returns the first column of the first row; `None` if it is NULL or there is no row.
    fn first(&self) -> Option<Datum> {
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

    /// Reads the first column of the first row as an integer.
    pub fn first_int4(&self) -> Option<i32> {
        self.first().map(|value| value.value() as i32)
    }

    /// Copies the content of the first column of the first row, of a type of variable length.
    pub fn first_bytes(&self) -> Result<Option<Vec<u8>>, Failure> {
        let Some(value) = self.first() else { return Ok(None) };
        if !is_variable_length(self.first_type()) {
            return Err(Failure::internal("a statement returned another type than asked for"));
        }
        // SAFETY: the type of the column is of variable length.
        Ok(Some(unsafe { copied_bytes(value) }))
    }

    /// Returns the type of the first column.
    pub fn first_type(&self) -> Oid {
        if self.table.is_null() {
            return Oid::INVALID;
        }
        // SAFETY: the table describes at least one column.
        unsafe { pg_sys::SPI_gettypeid((*self.table).tupdesc, 1) }
    }
}

/// Returns the schema of the called function, quoted. The whole extension is in it.
pub fn extension_schema(call: &Call) -> Result<String, Failure> {
    let function = call.function()?;
    // SAFETY: looks names up in the catalog; each result is a NUL-terminated string or NULL.
    unsafe {
        let name = pg_sys::get_namespace_name(pg_sys::get_func_namespace(function));
        if name.is_null() {
            return Err(Failure::internal("the function's schema is gone"));
        }
        let quoted = CStr::from_ptr(pg_sys::quote_identifier(name));
        Ok(from_server(quoted.to_bytes())?.to_owned())
    }
}

/// A parameter of type text.
pub fn text_parameter(text: Option<&str>) -> Result<Parameter, Failure> {
    Ok((oid::TEXTOID, text.map(SqlValue::text).transpose()?))
}

thread_local! {
    /// Plans by statement; there is one statement for each schema that has the extension.
    static KEPT_PLANS: RefCell<HashMap<String, pg_sys::SPIPlanPtr>> = RefCell::default();
}

fn kept_plan(statement: &str, types: &[Oid]) -> Result<pg_sys::SPIPlanPtr, Failure> {
    if let Some(plan) = KEPT_PLANS.with_borrow(|plans| plans.get(statement).copied()) {
        return Ok(plan);
    }
    let text = c_string(statement)?;
    let count = types.len() as i32;
    // SAFETY: connected; the types are as many as is said.
    let plan =
        made(unsafe { pg_sys::SPI_prepare(text.as_ptr(), count, types.as_ptr().cast_mut()) })?;
    // SAFETY: a plan that was just made, and from now on lives until the session ends.
    succeed("SPI_keepplan", unsafe { pg_sys::SPI_keepplan(plan) })?;
    KEPT_PLANS.with_borrow_mut(|plans| plans.insert(statement.to_owned(), plan));
    Ok(plan)
}

fn made(plan: pg_sys::SPIPlanPtr) -> Result<pg_sys::SPIPlanPtr, Failure> {
    if plan.is_null() {
        return Err(Failure::internal("a statement could not be prepared"));
    }
    Ok(plan)
}

fn split(parameters: &[Parameter]) -> (Vec<Oid>, Vec<Datum>, Vec<std::ffi::c_char>) {
    let types = parameters.iter().map(|(type_, _)| *type_).collect();
    let datum = |value: &Option<SqlValue>| value.map_or(Datum::null(), SqlValue::datum);
    let values = parameters.iter().map(|(_, value)| datum(value)).collect();
    let null = |value: &Option<SqlValue>| if value.is_none() { b'n' } else { b' ' };
    let nulls = parameters.iter().map(|(_, value)| null(value) as std::ffi::c_char).collect();
    (types, values, nulls)
}

fn c_string(statement: &str) -> Result<CString, Failure> {
    CString::new(to_server(statement)?).map_err(|_| Failure::internal("a statement contains a NUL"))
}

fn succeed(what: &str, code: i32) -> Result<(), Failure> {
    if code < 0 {
        return Err(Failure::internal(format!("{what} failed with code {code}")));
    }
    Ok(())
}
