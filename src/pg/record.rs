//! Rows as values, and their types.

use std::{cell::Cell, ffi::CStr, marker::PhantomData, mem::offset_of};

use pgrx::{
    PgTupleDesc,
    pg_sys::{self, Datum},
    varlena,
};

use super::{Call, Failure, Oid, Scalar, base_type, from_server, row_types};

/// A composite value, in memory as a whole.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    tuple: pg_sys::HeapTupleHeader,
    type_: Oid,
    typmod: i32,
    _lives: PhantomData<&'a ()>,
}

impl<'a> Record<'a> {
    /// # Safety
    /// The datum is a composite value, and lives for `'a`.
    pub unsafe fn new(datum: Datum) -> Self {
        // SAFETY: by the contract of this function; a composite value starts with these fields.
        unsafe {
            let value = datum.cast_mut_ptr::<pg_sys::varlena>();
            let whole = varlena::varatt_is_4b_u(value);
            let tuple = if whole { value } else { pg_sys::pg_detoast_datum(value) }
                .cast::<pg_sys::HeapTupleHeaderData>();
            let fields = (*tuple).t_choice.t_datum;
            Self {
                tuple,
                type_: fields.datum_typeid,
                typmod: fields.datum_typmod,
                _lives: PhantomData,
            }
        }
    }

    /// Returns the number of columns. It is smaller than that of the type if the row was stored before
    /// columns were added.
    #[inline]
    pub fn width(self) -> usize {
        // SAFETY: `new` was given a whole composite value.
        usize::from(unsafe { (*self.tuple).t_infomask2 }) & pg_sys::HEAP_NATTS_MASK as usize
    }

    /// Returns the null bitmap (1 = not NULL), or `None` if the row has no NULLs.
    #[inline]
    pub fn not_null(self) -> Option<&'a [u8]> {
        // SAFETY: as in `width`.
        let mask = u32::from(unsafe { (*self.tuple).t_infomask });
        let bits = self.bytes().get(offset_of!(pg_sys::HeapTupleHeaderData, t_bits)..);
        (mask & pg_sys::HEAP_HASNULL != 0).then(|| bits.unwrap_or_default())
    }

    /// Returns the bytes of the columns.
    #[inline]
    pub fn data(self) -> Option<&'a [u8]> {
        // SAFETY: as in `width`.
        self.bytes().get(usize::from(unsafe { (*self.tuple).t_hoff })..)
    }

    /// Returns the whole value, with its header.
    pub fn bytes(self) -> &'a [u8] {
        // SAFETY: as in `width`; the header of the value tells its length.
        unsafe {
            std::slice::from_raw_parts(
                self.tuple.cast::<u8>(),
                varlena::varsize_4b(self.tuple.cast()),
            )
        }
    }
}

/// The type of rows, as it was when this was made.
pub struct RowType {
    type_: Oid,
    typmod: i32,
    /// Changes with every alteration of the type, also in the middle of a statement.
    identifier: u64,
    /// `row_types::changes()` when the identifier was last looked up.
    changes: Cell<u64>,
    columns: pg_sys::TupleDesc,
    /// The type under any domain, for each column.
    base_types: Vec<Oid>,
    data: Vec<Datum>,
    nulls: Vec<bool>,
}

/// A column of a row type.
pub struct RowColumn {
    /// The column's place in the row, from 0.
    pub place: usize,
    pub name: String,
    pub type_: Oid,
}

/// The layout of a column in the bytes of a row.
pub struct PhysicalColumn {
    pub length: usize,
    pub alignment: usize,
}

/// The columns of one row.
pub struct Fields<'a> {
    of: &'a RowType,
}

impl RowType {
    /// Looks up the type of a row.
    pub fn of(call: &Call, record: Record) -> Self {
        let Record { type_, typmod, .. } = record;
        let changes = row_types::changes();
        // SAFETY: the type is that of an existing value; the copy is in the memory of the call site.
        let (identifier, columns) = unsafe {
            let identifier = pg_sys::assign_record_type_identifier(type_, typmod);
            let copy = || pg_sys::lookup_rowtype_tupdesc_copy(type_, typmod);
            (identifier, call.in_site_memory(copy))
        };
        // SAFETY: the copy lives as long as the result; the view releases nothing.
        let view = unsafe { PgTupleDesc::from_pg_unchecked(columns) };
        let base = |column: &pg_sys::FormData_pg_attribute| match column.attisdropped {
            true => Oid::INVALID,
            false => base_type(column.atttypid),
        };
        let base_types: Vec<Oid> = view.iter().map(base).collect();
        Self {
            type_,
            typmod,
            identifier,
            changes: Cell::new(changes),
            columns,
            data: vec![Datum::null(); base_types.len()],
            nulls: vec![true; base_types.len()],
            base_types,
        }
    }

    fn view(&self) -> PgTupleDesc<'_> {
        // SAFETY: `columns` lives as long as `self`; the view releases nothing.
        unsafe { PgTupleDesc::from_pg_unchecked(self.columns) }
    }

    /// Returns the columns that are not dropped.
    pub fn columns(&self) -> Result<Vec<RowColumn>, Failure> {
        let view = self.view();
        let existing = view.iter().enumerate().filter(|(_, column)| !column.attisdropped);
        existing
            .map(|(place, column)| {
                Ok(RowColumn { place, name: column_name(column)?, type_: column.atttypid })
            })
            .collect()
    }

    /// Returns the layout of each column up to the first of variable length, dropped ones included.
    pub fn physical_columns(&self) -> Vec<PhysicalColumn> {
        let physical = |column: &pg_sys::FormData_pg_attribute| {
            let length = usize::try_from(column.attlen).ok()?;
            Some(PhysicalColumn { length, alignment: alignment(column.attalign)? })
        };
        self.view().iter().map_while(physical).collect()
    }

    /// Tells if a row is of this type, as it was when this was made.
    #[inline]
    pub fn fits(&self, record: Record) -> bool {
        self.type_ == record.type_ && self.typmod == record.typmod && self.is_current()
    }

    #[inline]
    fn is_current(&self) -> bool {
        let changes = row_types::changes();
        if self.changes.replace(changes) == changes {
            return true;
        }
        // SAFETY: looks up the type of an existing value.
        let identifier = unsafe { pg_sys::assign_record_type_identifier(self.type_, self.typmod) };
        self.identifier == identifier
    }

    /// Splits a row that fits into its columns.
    pub fn deform<'a>(&'a mut self, record: Record<'a>) -> Result<Fields<'a>, Failure> {
        if (self.type_, self.typmod) != (record.type_, record.typmod) {
            return Err(Failure::internal("a row was read as another type than its own"));
        }
        // SAFETY: the row is of the type of `columns`, and both arrays have an entry for each column.
        unsafe {
            let mut tuple = pg_sys::HeapTupleData {
                t_len: varlena::varsize_4b(record.tuple.cast()) as u32,
                t_data: record.tuple,
                ..Default::default()
            };
            pg_sys::heap_deform_tuple(
                &mut tuple,
                self.columns,
                self.data.as_mut_ptr(),
                self.nulls.as_mut_ptr(),
            );
        }
        Ok(Fields { of: self })
    }
}

impl<'a> Fields<'a> {
    /// Returns the value of a column; `None` if it is NULL.
    pub fn get(&self, place: usize) -> Option<Scalar<'a>> {
        let of = self.of;
        // SAFETY: the datum was read from a column of that type, and lives in the row.
        (!of.nulls[place]).then(|| unsafe { Scalar::new(of.data[place], of.base_types[place]) })
    }
}

impl Drop for RowType {
    fn drop(&mut self) {
        // SAFETY: `columns` is our copy; a call site drops its row types before its memory goes.
        unsafe { pg_sys::FreeTupleDesc(self.columns) };
    }
}

/// Reads the name of a column.
pub(super) fn column_name(column: &pg_sys::FormData_pg_attribute) -> Result<String, Failure> {
    // SAFETY: a name in the catalog is NUL-terminated.
    let name = unsafe { CStr::from_ptr(column.attname.data.as_ptr()) };
    Ok(from_server(name.to_bytes())?.to_owned())
}

/// Converts PostgreSQL's letter for an alignment to bytes.
fn alignment(letter: std::ffi::c_char) -> Option<usize> {
    match letter as u8 {
        pg_sys::TYPALIGN_CHAR => Some(1),
        pg_sys::TYPALIGN_SHORT => Some(2),
        pg_sys::TYPALIGN_INT => Some(4),
        pg_sys::TYPALIGN_DOUBLE => Some(8),
        _ => None,
    }
}
