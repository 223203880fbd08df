//! The rights of the current user on the extension's own tables.

use std::ffi::CStr;

use pgrx::pg_sys::{self, AclResult};

use super::{Call, Failure, Oid, from_server};

/// The schema of the extension, in which the tables are looked up.
pub struct Rights {
    schema: Oid,
}

/// A right on a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    Select,
    Insert,
    Update,
    Delete,
}

impl Right {
    pub fn name(self) -> &'static str {
        match self {
            Self::Select => "SELECT",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
        }
    }

    fn mode(self) -> pg_sys::AclMode {
        let mode = match self {
            Self::Select => pg_sys::ACL_SELECT,
            Self::Insert => pg_sys::ACL_INSERT,
            Self::Update => pg_sys::ACL_UPDATE,
            Self::Delete => pg_sys::ACL_DELETE,
        };
        mode.into()
    }
}

impl Rights {
    /// Looks at the schema of the called function.
    pub fn of(call: &Call) -> Result<Self, Failure> {
        let function = call.function()?;
        // SAFETY: looks a function up in the catalog.
        Ok(Self { schema: unsafe { pg_sys::get_func_namespace(function) } })
    }

    /// Tells if the current user has a right on a table or on one of its columns; a table that is not
    /// there is left to the statement that reads it.
    pub fn has(&self, table: &CStr, right: Right) -> bool {
        let is_ok = |result| result == AclResult::ACLCHECK_OK;
        // SAFETY: looks a table and its rights up in the catalog.
        unsafe {
            let table = pg_sys::get_relname_relid(table.as_ptr(), self.schema);
            let (user, mode) = (pg_sys::GetUserId(), right.mode());
            let any = pg_sys::AclMaskHow::ACLMASK_ANY;
            table == Oid::INVALID
                || is_ok(pg_sys::pg_class_aclcheck(table, user, mode))
                || is_ok(pg_sys::pg_attribute_aclcheck_all(table, user, mode, any))
        }
    }
}

/// Returns the name of the current user, quoted.
pub fn current_user() -> Result<String, Failure> {
    // SAFETY: the current user exists; both results are NUL-terminated strings.
    let name = unsafe {
        let name = pg_sys::GetUserNameFromId(pg_sys::GetUserId(), false);
        CStr::from_ptr(pg_sys::quote_identifier(name))
    };
    Ok(from_server(name.to_bytes())?.to_owned())
}
