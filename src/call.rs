//! A call of one of our functions, as PostgreSQL hands it over.

use pgrx::{
    IntoDatum, PgMemoryContexts, PgSqlErrorCode, PgTupleDesc,
    pg_sys::{self, Datum, Oid},
    varlena,
};

use crate::{report::Failure, text};

/// What a function returns: a value, NULL, or an error.
pub type SqlResult = Result<Option<Datum>, Failure>;

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
                    pgrx::pg_sys::panic::pgrx_extern_c_guard(|| $crate::call::run(fcinfo, $name))
                }
            }
        };
    };
}
pub(crate) use sql_function;

/// # Safety
/// `fcinfo` is the one that PostgreSQL called with.
pub unsafe fn run(
    fcinfo: pg_sys::FunctionCallInfo,
    function: impl FnOnce(&Call) -> SqlResult,
) -> Datum {
    match function(&Call { fcinfo }) {
        Ok(Some(value)) => value,
        Ok(None) => {
            // SAFETY: by the contract of this function.
            unsafe { (*fcinfo).isnull = true };
            Datum::null()
        }
        Err(failure) => failure.raise(),
    }
}

pub struct Call {
    fcinfo: pg_sys::FunctionCallInfo,
}

impl Call {
    /// An argument, or None where it is NULL.
    pub fn argument(&self, index: usize) -> Option<Datum> {
        // SAFETY: fcinfo is valid during the call; pgrx checks the index against its length.
        unsafe { pgrx::pg_getarg_datum(self.fcinfo, index) }
    }

    pub fn int4(&self, index: usize) -> Option<i32> {
        self.argument(index).map(|datum| datum.value() as i32)
    }

    pub fn int8(&self, index: usize) -> Option<i64> {
        self.argument(index).map(|datum| datum.value() as i64)
    }

    pub fn float8(&self, index: usize) -> Option<f64> {
        self.argument(index).map(|datum| f64::from_bits(datum.value() as u64))
    }

    pub fn boolean(&self, index: usize) -> Option<bool> {
        self.argument(index).map(|datum| datum.value() & 0xff != 0)
    }

    pub fn text(&self, index: usize) -> Result<Option<&str>, Failure> {
        self.bytes(index).map(text::from_server).transpose()
    }

    /// The content of a variable-length argument.
    pub fn bytes(&self, index: usize) -> Option<&[u8]> {
        // SAFETY: only called where the argument's SQL type is of variable length; the bytes live
        // as long as the call's memory context.
        self.argument(index).map(|datum| unsafe { bytes_of(datum) })
    }

    /// A pointer argument of type internal.
    pub fn pointer<T>(&self, index: usize) -> Option<*mut T> {
        self.argument(index).map(|datum| datum.cast_mut_ptr())
    }

    /// The function that was called.
    pub fn function(&self) -> Result<Oid, Failure> {
        // SAFETY: fcinfo is valid; flinfo is NULL only in C's DirectFunctionCall.
        unsafe {
            (*self.fcinfo)
                .flinfo
                .as_ref()
                .map(|info| info.fn_oid)
                .ok_or_else(|| Failure::internal("called without its function's catalog entry"))
        }
    }

    pub fn argument_count(&self) -> usize {
        // SAFETY: fcinfo is valid during the call.
        usize::try_from(unsafe { (*self.fcinfo).nargs }).unwrap_or(0)
    }

    /// The types that the called function is declared with.
    pub fn declared_types(&self) -> Result<Vec<Oid>, Failure> {
        let function = self.function()?;
        let mut types = std::ptr::null_mut();
        let mut count = 0;
        // SAFETY: fills `types` with a palloc'ed array of `count` types.
        unsafe {
            pg_sys::get_func_signature(function, &mut types, &mut count);
            Ok((0..count as usize).map(|i| *types.add(i)).collect())
        }
    }

    /// Whether the argument is written as a constant, which no later call of this site can change.
    pub fn is_constant(&self, index: usize) -> bool {
        // SAFETY: fn_expr is NULL or the call's expression; only those node types have `args`.
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

    /// What this call site keeps between calls: made at the first, dropped by PostgreSQL with the
    /// memory of the site.
    #[allow(clippy::mut_from_ref)]
    pub fn site<T>(&self, make: impl FnOnce() -> Result<T, Failure>) -> Result<&mut T, Failure> {
        // SAFETY: fn_extra is ours alone; it holds a T of this function's or NULL, and a site is
        // never entered twice at once.
        unsafe {
            let info = (*self.fcinfo).flinfo;
            if (*info).fn_extra.is_null() {
                let kept = PgMemoryContexts::For((*info).fn_mcxt).leak_and_drop_on_delete(make()?);
                (*info).fn_extra = kept.cast();
            }
            Ok(&mut *(*info).fn_extra.cast::<T>())
        }
    }

    /// The memory that lives as long as the call site.
    pub fn site_memory(&self) -> PgMemoryContexts {
        // SAFETY: flinfo is valid during the call.
        PgMemoryContexts::For(unsafe { (*(*self.fcinfo).flinfo).fn_mcxt })
    }

    /// The memory of the aggregate that calls, which lives as long as its group.
    pub fn aggregate_memory(&self) -> Result<PgMemoryContexts, Failure> {
        let mut context = std::ptr::null_mut();
        // SAFETY: fcinfo is valid; the context is filled where an aggregate calls.
        let kind = unsafe { pg_sys::AggCheckCallContext(self.fcinfo, &mut context) };
        if kind == 0 {
            return Err(Failure::internal("called outside an aggregate"));
        }
        Ok(PgMemoryContexts::For(context))
    }

    /// The executor's node of the aggregate that calls, if that is what calls.
    fn aggregate(&self) -> Option<&pg_sys::AggState> {
        // SAFETY: fcinfo is valid; its context is NULL or a node, whose type is checked.
        unsafe {
            let context = (*self.fcinfo).context;
            let is_aggregate =
                !context.is_null() && (*context).type_ == pg_sys::NodeTag::T_AggState;
            is_aggregate.then(|| &*context.cast())
        }
    }

    /// Whether the aggregate that calls makes its groups one after the other, anew each time: a hash
    /// table of groups may be read again.
    pub fn groups_come_once(&self) -> bool {
        use pg_sys::AggStrategy::{AGG_PLAIN, AGG_SORTED};
        self.aggregate().is_some_and(|node| [AGG_PLAIN, AGG_SORTED].contains(&node.aggstrategy))
    }

    /// Whether it has one group, in part, which goes no further than to another node of this process.
    pub fn is_part_of_own_plan(&self) -> bool {
        // SAFETY: a variable of PostgreSQL's, which stays the same as long as the process.
        let is_worker = unsafe { pg_sys::ParallelWorkerNumber } >= 0;
        self.aggregate().is_some_and(|node| {
            !is_worker
                && node.aggstrategy == pg_sys::AggStrategy::AGG_PLAIN
                && node.aggsplit & pg_sys::AGGSPLITOP_SERIALIZE != 0
        })
    }

    /// The columns of the composite value or the table that the function returns.
    pub fn result_columns(&self) -> Result<pg_sys::TupleDesc, Failure> {
        let mut columns = std::ptr::null_mut();
        // SAFETY: fcinfo is valid; the row type is filled where the function returns one.
        unsafe {
            let class =
                pg_sys::get_call_result_type(self.fcinfo, std::ptr::null_mut(), &mut columns);
            if class != pg_sys::TypeFuncClass::TYPEFUNC_COMPOSITE {
                return Err(Failure::internal("declared without a row type"));
            }
            Ok(pg_sys::BlessTupleDesc(columns))
        }
    }

    /// Returns rows as a table, in PostgreSQL's own buffer, which goes to disk where it must.
    pub fn return_table(&self, fill: impl FnOnce(&mut Table) -> Result<(), Failure>) -> SqlResult {
        // SAFETY: fcinfo is valid; resultinfo is NULL or a node, checked before use.
        let info = unsafe { (*self.fcinfo).resultinfo.cast::<pg_sys::ReturnSetInfo>() };
        let materialize = pg_sys::SetFunctionReturnMode::SFRM_Materialize;
        // SAFETY: as above; the buffer and the columns must live as long as the query.
        unsafe {
            if info.is_null()
                || (*info).type_ != pg_sys::NodeTag::T_ReturnSetInfo
                || (*info).allowedModes & materialize as i32 == 0
            {
                return Err(Failure::new(
                    PgSqlErrorCode::ERRCODE_FEATURE_NOT_SUPPORTED,
                    "a set of rows is not allowed here",
                )
                .with_hint("Call the function in FROM."));
            }
            let memory = (*(*info).econtext).ecxt_per_query_memory;
            let mut table = PgMemoryContexts::For(memory).switch_to(|_| {
                let columns = self.result_columns()?;
                Ok::<_, Failure>(Table {
                    columns,
                    rows: pg_sys::tuplestore_begin_heap(false, false, pg_sys::work_mem),
                })
            })?;
            (*info).returnMode = materialize;
            (*info).setResult = table.rows;
            (*info).setDesc = table.columns;
            fill(&mut table)?;
        }
        Ok(None)
    }
}

/// Rows on their way to PostgreSQL.
pub struct Table {
    columns: pg_sys::TupleDesc,
    rows: *mut pg_sys::Tuplestorestate,
}

impl Table {
    /// Adds a row; its values are in the order and of the types of the declared columns.
    pub fn push(&mut self, values: &[Option<Datum>]) -> Result<(), Failure> {
        let (mut data, mut nulls) = split(values);
        // SAFETY: the table and its columns live as long as the query; the arrays have as many
        // entries as there are columns, checked here.
        unsafe {
            if data.len() != (*self.columns).natts as usize {
                return Err(Failure::internal("a row of another width than declared"));
            }
            pg_sys::tuplestore_putvalues(
                self.rows,
                self.columns,
                data.as_mut_ptr(),
                nulls.as_mut_ptr(),
            );
        }
        Ok(())
    }
}

/// A composite value of the given columns.
pub fn composite(columns: pg_sys::TupleDesc, values: &[Option<Datum>]) -> Result<Datum, Failure> {
    let (mut data, mut nulls) = split(values);
    // SAFETY: `columns` comes from `result_columns`; the arrays have as many entries, checked here.
    unsafe {
        if data.len() != (*columns).natts as usize {
            return Err(Failure::internal("a row of another width than declared"));
        }
        let tuple = pg_sys::heap_form_tuple(columns, data.as_mut_ptr(), nulls.as_mut_ptr());
        Ok(pg_sys::HeapTupleHeaderGetDatum((*tuple).t_data))
    }
}

fn split(values: &[Option<Datum>]) -> (Vec<Datum>, Vec<bool>) {
    values.iter().map(|value| (value.unwrap_or(Datum::null()), value.is_none())).unzip()
}

pub fn float8_value(value: f64) -> Datum {
    Datum::from(value.to_bits())
}

/// A text value.
pub fn text_value(value: &str) -> Result<Datum, Failure> {
    bytes_value(text::to_server(value)?)
}

/// An array of texts.
pub fn text_array<'t>(
    texts: impl ExactSizeIterator<Item = Option<&'t str>>,
) -> Result<Datum, Failure> {
    let length = texts.len();
    let values = texts.map(|text| text.map(text_value).transpose());
    let values: Vec<Option<Datum>> = values.collect::<Result<_, _>>()?;
    let (mut data, mut nulls) = split(&values);
    let (mut lengths, mut lower_bounds) = ([length as i32], [1]);
    // SAFETY: as many values as the length says, of type text; no values make an array of no
    // dimension.
    let array = unsafe {
        pg_sys::construct_md_array(
            data.as_mut_ptr(),
            nulls.as_mut_ptr(),
            i32::from(length > 0),
            lengths.as_mut_ptr(),
            lower_bounds.as_mut_ptr(),
            pg_sys::TEXTOID,
            -1,
            false,
            pg_sys::TYPALIGN_INT as std::ffi::c_char,
        )
    };
    Ok(Datum::from(array))
}

/// A value of variable length with that content, in the current memory context.
pub fn bytes_value(content: &[u8]) -> Result<Datum, Failure> {
    content.into_datum().ok_or_else(|| Failure::internal("no value was made of bytes"))
}

/// A value of variable length that is written where it stands: `fill` hands over all of its
/// `length` bytes, some after the other.
pub fn written_value(
    length: usize,
    fill: impl FnOnce(&mut dyn FnMut(&[u8])),
) -> Result<Datum, Failure> {
    let size = length + pg_sys::VARHDRSZ;
    let mut written = pg_sys::VARHDRSZ;
    // SAFETY: a new allocation of `size` bytes, of which no more are written; an allocation that is
    // too large is PostgreSQL's error.
    let value = unsafe { pg_sys::palloc(size).cast::<u8>() };
    fill(&mut |bytes| {
        let end = written + bytes.len();
        if end <= size {
            // SAFETY: as above.
            unsafe { value.add(written).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
        }
        written = end;
    });
    if written != size {
        return Err(Failure::internal(format!("a value of {length} bytes got {written}")));
    }
    // SAFETY: as above; `size` is below PostgreSQL's limit of an allocation.
    unsafe { varlena::set_varsize_4b(value.cast(), size as i32) };
    Ok(Datum::from(value))
}

/// The content of a value of variable length, without its header.
///
/// # Safety
/// The datum is of a type of variable length; the result lives in it or, where it had to be
/// fetched or expanded, in the current memory context.
pub unsafe fn bytes_of<'a>(datum: Datum) -> &'a [u8] {
    // SAFETY: by the contract of this function.
    unsafe {
        bytes_at_hand(datum).unwrap_or_else(|| {
            let packed = pg_sys::pg_detoast_datum_packed(datum.cast_mut_ptr());
            varlena::varlena_to_byte_slice(packed)
        })
    }
}

/// The same where the value lies in memory as it is, which costs less to see than to ask PostgreSQL.
///
/// # Safety
/// The datum is of a type of variable length; the result lives in it.
#[inline]
pub unsafe fn bytes_at_hand<'a>(datum: Datum) -> Option<&'a [u8]> {
    // SAFETY: by the contract of this function.
    unsafe {
        let value = datum.cast_mut_ptr::<pg_sys::varlena>();
        let is_at_hand = varlena::varatt_is_4b_u(value)
            || varlena::varatt_is_1b(value) && !varlena::varatt_is_1b_e(value);
        is_at_hand.then(|| varlena::varlena_to_byte_slice(value))
    }
}

/// The columns of a row type, for looking at; PostgreSQL keeps them.
///
/// # Safety
/// `columns` outlives the result.
pub unsafe fn look_at<'a>(columns: pg_sys::TupleDesc) -> PgTupleDesc<'a> {
    // SAFETY: by the contract of this function; nothing is released.
    unsafe { PgTupleDesc::from_pg_unchecked(columns) }
}
