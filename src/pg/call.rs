//! A call of one of the extension's functions.
//!
//! `sql/` declares each function with the types that its Rust code reads, which is why reading an
//! argument is safe.

use std::ffi::CStr;

use pgrx::{
    PgMemoryContexts,
    pg_sys::{self, Datum},
};

use super::{
    Failure, Oid, SqlValue, from_server,
    varlena::{bytes_of, toast_pointer},
};

/// The result of a function: a value, NULL, or an error.
pub type SqlResult = Result<Option<SqlValue>, Failure>;

/// Makes a Rust function of one `&Call` callable from SQL, by the symbol `pg_intent_<name>`.
macro_rules! sql_function {
    ($name:ident) => {
        const _: () = {
            #[unsafe(export_name = concat!("pg_finfo_pg_intent_", stringify!($name)))]
            extern "C" fn finfo() -> &'static pgrx::pg_sys::Pg_finfo_record {
                &pgrx::pg_sys::Pg_finfo_record { api_version: 1 }
            }

            #[unsafe(export_name = concat!("pg_intent_", stringify!($name)))]
            unsafe extern "C-unwind" fn entry(
                fcinfo: pgrx::pg_sys::FunctionCallInfo,
            ) -> pgrx::pg_sys::Datum {
                // SAFETY: PostgreSQL calls with a valid fcinfo, which outlives the call; the guard
                // turns a panic into an error of the statement.
                unsafe {
                    pgrx::pg_sys::panic::pgrx_extern_c_guard(|| $crate::pg::run(fcinfo, $name))
                }
            }
        };
    };
}
pub(crate) use sql_function;

/// Runs a function, and raises its error.
///
/// # Safety
/// `fcinfo` is the one that PostgreSQL called with.
pub unsafe fn run(
    fcinfo: pg_sys::FunctionCallInfo,
    function: impl FnOnce(&Call) -> SqlResult,
) -> Datum {
    match function(&Call { fcinfo }) {
        Ok(Some(value)) => value.datum(),
        Ok(None) => {
            // SAFETY: by the contract of this function.
            unsafe { (*fcinfo).isnull = true };
            Datum::null()
        }
        Err(failure) => failure.raise(),
    }
}

/// A call, valid while its function runs.
pub struct Call {
    fcinfo: pg_sys::FunctionCallInfo,
}

impl Call {
    pub(super) fn fcinfo(&self) -> pg_sys::FunctionCallInfo {
        self.fcinfo
    }

    /// Returns an argument, or `None` if it is NULL.
    #[inline]
    pub(super) fn datum(&self, index: usize) -> Option<Datum> {
        // SAFETY: fcinfo is valid during the call; pgrx checks the index against its length.
        unsafe { pgrx::pg_getarg_datum(self.fcinfo, index) }
    }

    pub fn is_null(&self, index: usize) -> bool {
        self.datum(index).is_none()
    }

    pub fn int4(&self, index: usize) -> Option<i32> {
        self.datum(index).map(|datum| datum.value() as i32)
    }

    pub fn int8(&self, index: usize) -> Option<i64> {
        self.datum(index).map(|datum| datum.value() as i64)
    }

    pub fn float8(&self, index: usize) -> Option<f64> {
        self.datum(index).map(|datum| f64::from_bits(datum.value() as u64))
    }

    pub fn boolean(&self, index: usize) -> Option<bool> {
        self.datum(index).map(|datum| datum.value() & 0xff != 0)
    }

    pub fn text(&self, index: usize) -> Result<Option<&str>, Failure> {
        self.bytes(index).map(from_server).transpose()
    }

    /// Returns the content of an argument of variable length.
    #[inline]
    pub fn bytes(&self, index: usize) -> Option<&[u8]> {
        // SAFETY: the argument is declared with a type of variable length; the bytes live as long as
        // the memory context of the call.
        self.datum(index).map(|datum| unsafe { bytes_of(datum) })
    }

    /// Returns the TOAST pointer of an argument of variable length that is stored out of line.
    #[inline]
    pub fn toast_pointer(&self, index: usize) -> Option<&[u8]> {
        // SAFETY: the argument is declared with a type of variable length, and outlives the call.
        self.datum(index).and_then(|datum| unsafe { toast_pointer(datum) })
    }

    /// Returns an argument of type cstring.
    pub fn c_string(&self, index: usize) -> Option<&[u8]> {
        let start = self.datum(index)?.cast_mut_ptr();
        // SAFETY: the argument is declared as a NUL-terminated string.
        Some(unsafe { CStr::from_ptr(start) }.to_bytes())
    }

    /// Returns the rest of the message that a receive function is given.
    pub fn message(&self, index: usize) -> Option<&[u8]> {
        let message = self.datum(index)?.cast_mut_ptr::<pg_sys::StringInfoData>();
        // SAFETY: the argument of a type's receive function is a message; the rest of it is ours.
        Some(unsafe {
            let left = (*message).len - (*message).cursor;
            let start = pg_sys::pq_getmsgbytes(message, left);
            std::slice::from_raw_parts(start.cast::<u8>(), left as usize)
        })
    }

    /// Returns an argument with the type that the function declares for it.
    pub fn value(&self, index: usize) -> Result<Option<SqlValue>, Failure> {
        let type_ = self.declared_type(index)?;
        let typed = |datum| {
            let type_ = type_.ok_or_else(|| Failure::internal("no such argument is declared"))?;
            // SAFETY: the argument is of the declared type.
            Ok(unsafe { SqlValue::new(datum, type_) })
        };
        self.datum(index).map(typed).transpose()
    }

    /// Returns the OID of the called function.
    pub fn function(&self) -> Result<Oid, Failure> {
        // SAFETY: fcinfo is valid; flinfo is NULL only in C's DirectFunctionCall.
        unsafe { (*self.fcinfo).flinfo.as_ref() }
            .map(|info| info.fn_oid)
            .ok_or_else(|| Failure::internal("called without its function's catalog entry"))
    }

    pub fn argument_count(&self) -> usize {
        // SAFETY: fcinfo is valid during the call.
        usize::try_from(unsafe { (*self.fcinfo).nargs }).unwrap_or(0)
    }

    /// Returns the type that the function declares for an argument; `None` if it has no such argument.
    pub fn declared_type(&self, index: usize) -> Result<Option<Oid>, Failure> {
        let function = self.function()?;
        let mut types = std::ptr::null_mut();
        let mut count = 0;
        // SAFETY: fills `types` with an array of `count` types.
        unsafe {
            pg_sys::get_func_signature(function, &mut types, &mut count);
            Ok((index < count as usize).then(|| *types.add(index)))
        }
    }

    /// Returns the type of the expression that was passed, if PostgreSQL knows it.
    pub(super) fn passed_type(&self, index: usize) -> Option<Oid> {
        // SAFETY: flinfo is valid during the call; its expression may be NULL.
        let type_ = unsafe { pg_sys::get_fn_expr_argtype((*self.fcinfo).flinfo, index as i32) };
        (type_ != Oid::INVALID).then_some(type_)
    }

    /// Tells if an argument is written as a constant, which no later call of this site can change.
    ///
    /// PostgreSQL's get_fn_expr_arg_stable does not serve here: it also calls PL/pgSQL variables
    /// stable, and a model kept for such a variable goes stale (tried).
    pub fn is_constant(&self, index: usize) -> bool {
        // SAFETY: fn_expr is NULL or the call's expression; a FuncExpr has `args`.
        unsafe {
            let expression = (*(*self.fcinfo).flinfo).fn_expr.cast::<pg_sys::FuncExpr>();
            if expression.is_null() || (*expression).xpr.type_ != pg_sys::NodeTag::T_FuncExpr {
                return false;
            }
            let arguments = (*expression).args;
            if arguments.is_null() || index >= (*arguments).length as usize {
                return false;
            }
            let node = (*(*arguments).elements.add(index)).ptr_value.cast::<pg_sys::Node>();
            (*node).type_ == pg_sys::NodeTag::T_Const
        }
    }

    /// Returns what this call site keeps between calls. The first call makes it, and PostgreSQL drops
    /// it with the memory of the site. A function keeps values of one type only.
    #[allow(clippy::mut_from_ref)]
    pub fn site<T>(&self, make: impl FnOnce() -> Result<T, Failure>) -> Result<&mut T, Failure> {
        // SAFETY: fn_extra is ours alone; it is NULL or holds this function's T, and a site is never
        // entered twice at once.
        unsafe {
            let info = (*self.fcinfo).flinfo;
            if (*info).fn_extra.is_null() {
                let kept = self.site_memory().leak_and_drop_on_delete(make()?);
                (*info).fn_extra = kept.cast();
            }
            Ok(&mut *(*info).fn_extra.cast::<T>())
        }
    }

    /// The memory that lives as long as the call site.
    pub(super) fn site_memory(&self) -> PgMemoryContexts {
        // SAFETY: flinfo is valid during the call.
        PgMemoryContexts::For(unsafe { (*(*self.fcinfo).flinfo).fn_mcxt })
    }
}
