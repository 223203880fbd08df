//! Rows as results. Their columns are found by name: a column that SQL declares and the library does
//! not know is NULL, and a column that SQL does not declare is left out.

use pgrx::{
    PgMemoryContexts, PgTupleDesc,
    pg_sys::{self, Datum},
};

use super::{
    Call, Failure, Oid, SqlResult, SqlState, SqlValue, element_type, record::column_name,
    type_name, types::is_row_type,
};

/// The caller may read the table in any order.
const MATERIALIZE_RANDOM: pg_sys::SetFunctionReturnMode::Type =
    pg_sys::SetFunctionReturnMode::SFRM_Materialize_Random;
/// The caller takes a table as a whole.
const MATERIALIZE: pg_sys::SetFunctionReturnMode::Type =
    pg_sys::SetFunctionReturnMode::SFRM_Materialize;

/// Makes rows of the type that a function returns.
pub struct ResultRow {
    columns: pg_sys::TupleDesc,
    /// The declared place and type of each column that the library knows.
    places: Vec<Option<(usize, Oid)>>,
    data: Vec<Datum>,
    nulls: Vec<bool>,
}

impl ResultRow {
    /// Looks up the columns of the function's result; `names` are those that the library knows. It
    /// lives as long as the current memory context.
    pub fn of(call: &Call, names: &[&str]) -> Result<Self, Failure> {
        let mut columns = std::ptr::null_mut();
        // SAFETY: fcinfo is valid; the row type is filled in if the function returns one.
        let class = unsafe {
            pg_sys::get_call_result_type(call.fcinfo(), std::ptr::null_mut(), &mut columns)
        };
        if class != pg_sys::TypeFuncClass::TYPEFUNC_COMPOSITE {
            return Err(Failure::internal("declared without a row type"));
        }
        Self::of_columns(columns, names)
    }

    /// Looks up the columns of the elements of the function's result, which is an array of rows, as
    /// [`Self::of`] does.
    pub fn of_elements(call: &Call, names: &[&str]) -> Result<Self, Failure> {
        let function = call.function()?;
        // SAFETY: looks up the result type of an existing function.
        let array = unsafe { pg_sys::get_func_rettype(function) };
        let row = element_type(array)
            .filter(|&element| is_row_type(element))
            .ok_or_else(|| Failure::internal("declared without an array of rows"))?;
        // SAFETY: the copy is of an existing row type.
        let columns = unsafe { pg_sys::lookup_rowtype_tupdesc_copy(row, -1) };
        Self::of_columns(columns, names)
    }

    fn of_columns(columns: pg_sys::TupleDesc, names: &[&str]) -> Result<Self, Failure> {
        // SAFETY: the columns are those of a row type, and live as long as the current memory context.
        let (columns, view) = unsafe {
            let columns = pg_sys::BlessTupleDesc(columns);
            (columns, PgTupleDesc::from_pg_unchecked(columns))
        };
        let mut places = vec![None; names.len()];
        for (place, column) in view.iter().enumerate() {
            let declared = column_name(column)?;
            if let Some(known) = names.iter().position(|&name| name == declared) {
                places[known] = Some((place, column.atttypid));
            }
        }
        let width = view.len();
        Ok(Self { columns, places, data: vec![Datum::null(); width], nulls: vec![true; width] })
    }

    /// Returns the type of the rows.
    pub fn type_(&self) -> Oid {
        // SAFETY: the columns live as long as `self`.
        unsafe { (*self.columns).tdtypeid }
    }

    /// Makes a composite value of the values of the known columns, in the order of their names.
    pub fn form(&mut self, values: &[Option<SqlValue>]) -> Result<SqlValue, Failure> {
        self.fill(values)?;
        // SAFETY: both arrays have an entry for each column, of the column's type.
        unsafe {
            let tuple = pg_sys::heap_form_tuple(
                self.columns,
                self.data.as_mut_ptr(),
                self.nulls.as_mut_ptr(),
            );
            let row = pg_sys::HeapTupleHeaderGetDatum((*tuple).t_data);
            Ok(SqlValue::new(row, self.type_()))
        }
    }

    /// Makes the error for a value of another type than the column is declared with.
    fn wrong_type(&self, place: usize, value: SqlValue) -> Failure {
        // SAFETY: the columns live as long as `self`; the view releases nothing.
        let view = unsafe { PgTupleDesc::from_pg_unchecked(self.columns) };
        let name = view.get(place).map(column_name).transpose().ok().flatten().unwrap_or_default();
        Failure::new(
            SqlState::ERRCODE_DATATYPE_MISMATCH,
            format!(
                "column \"{name}\" of the result is declared with another type than {}",
                type_name(value.type_())
            ),
        )
        .with_hint("Create the extension anew, which restores its types.")
    }

    fn fill(&mut self, values: &[Option<SqlValue>]) -> Result<(), Failure> {
        if values.len() != self.places.len() {
            return Err(Failure::internal("a row has another width than its names"));
        }
        for (value, place) in values.iter().zip(&self.places) {
            let Some((place, type_)) = *place else { continue };
            self.nulls[place] = value.is_none();
            if let Some(value) = value {
                if value.type_() != type_ {
                    return Err(self.wrong_type(place, *value));
                }
                self.data[place] = value.datum();
            }
        }
        Ok(())
    }
}

/// Rows on their way to PostgreSQL.
pub struct Table {
    row: ResultRow,
    rows: *mut pg_sys::Tuplestorestate,
}

impl Table {
    /// Adds a row of the values of the known columns, in the order of their names.
    pub fn push(&mut self, values: &[Option<SqlValue>]) -> Result<(), Failure> {
        self.row.fill(values)?;
        let ResultRow { columns, data, nulls, .. } = &mut self.row;
        // SAFETY: the buffer and the columns live as long as the query; both arrays have an entry for
        // each column, of the column's type.
        unsafe {
            pg_sys::tuplestore_putvalues(
                self.rows,
                *columns,
                data.as_mut_ptr(),
                nulls.as_mut_ptr(),
            );
        }
        Ok(())
    }
}

impl Call {
    /// Returns rows as a table, in PostgreSQL's own buffer, which goes to disk if it must. `names` are
    /// the columns that `fill` pushes values for.
    pub fn return_table(
        &self,
        names: &[&str],
        fill: impl FnOnce(&mut Table) -> Result<(), Failure>,
    ) -> SqlResult {
        let info = self.result_info()?;
        // A scrollable cursor reads backwards.
        let random = info.allowedModes & MATERIALIZE_RANDOM as i32 != 0;
        // SAFETY: the memory lives as long as the query.
        let mut table = unsafe {
            PgMemoryContexts::For((*info.econtext).ecxt_per_query_memory).switch_to(|_| {
                let row = ResultRow::of(self, names)?;
                let rows = pg_sys::tuplestore_begin_heap(random, false, pg_sys::work_mem);
                Ok::<_, Failure>(Table { row, rows })
            })?
        };
        info.returnMode = MATERIALIZE;
        info.setResult = table.rows;
        info.setDesc = table.row.columns;
        fill(&mut table)?;
        Ok(None)
    }

    /// Returns an array of rows, each given as the values of the named columns.
    pub fn return_rows<R: AsRef<[Option<SqlValue>]>>(
        &self,
        names: &[&str],
        rows: impl Iterator<Item = Result<R, Failure>>,
    ) -> SqlResult {
        let mut row = ResultRow::of_elements(self, names)?;
        let rows: Result<Vec<_>, _> =
            rows.map(|values| row.form(values?.as_ref()).map(Some)).collect();
        SqlValue::array(row.type_(), &rows?).map(Some)
    }

    /// Returns a table of one row, given as the name and the value of each column.
    pub fn return_row(&self, columns: &[(&str, Option<SqlValue>)]) -> SqlResult {
        let (names, values): (Vec<_>, Vec<_>) = columns.iter().copied().unzip();
        self.return_table(&names, |table| table.push(&values))
    }

    /// Returns the node by which the caller takes a table, or an error if it takes none.
    #[allow(clippy::mut_from_ref)]
    fn result_info(&self) -> Result<&mut pg_sys::ReturnSetInfo, Failure> {
        // SAFETY: fcinfo is valid; resultinfo is NULL or a node, whose type is checked.
        let info = unsafe {
            let info = (*self.fcinfo()).resultinfo.cast::<pg_sys::ReturnSetInfo>();
            info.as_mut().filter(|info| info.type_ == pg_sys::NodeTag::T_ReturnSetInfo)
        };
        info.filter(|info| info.allowedModes & MATERIALIZE as i32 != 0).ok_or_else(|| {
            Failure::new(
                SqlState::ERRCODE_FEATURE_NOT_SUPPORTED,
                "a set of rows is not allowed here",
            )
            .with_hint("Call the function in FROM.")
        })
    }
}
