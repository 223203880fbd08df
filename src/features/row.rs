//! Features as a row: columns are found by name.

use std::{cell::Cell, mem::offset_of};

use pgrx::{
    PgSqlErrorCode,
    pg_sys::{self, Datum, Oid},
    varlena,
};
use two_stage::features::{Column, Value};

use super::{
    array::Plain,
    fixed::FixedColumns,
    kind_name,
    scalar::{Reader, type_name, unsupported, written},
};
use crate::{
    call::{Call, look_at},
    report::Failure,
    types,
};

/// A composite value, in memory as a whole.
#[derive(Clone, Copy)]
pub struct Row {
    tuple: pg_sys::HeapTupleHeader,
    type_: Oid,
    typmod: i32,
}

impl Row {
    /// # Safety
    /// The datum is a composite value; the row lives in it or in the current memory context.
    pub unsafe fn new(datum: Datum) -> Self {
        // SAFETY: by the contract of this function; a composite value starts with these fields.
        unsafe {
            let value = datum.cast_mut_ptr::<pg_sys::varlena>();
            let tuple = if varlena::varatt_is_4b_u(value) {
                value
            } else {
                pg_sys::pg_detoast_datum(value)
            }
            .cast::<pg_sys::HeapTupleHeaderData>();
            let fields = (*tuple).t_choice.t_datum;
            Self { tuple, type_: fields.datum_typeid, typmod: fields.datum_typmod }
        }
    }

    /// How many columns it has: fewer than its type where it was stored before they were added.
    pub fn width(&self) -> usize {
        // SAFETY: `new` has seen to a whole composite value.
        usize::from(unsafe { (*self.tuple).t_infomask2 }) & pg_sys::HEAP_NATTS_MASK as usize
    }

    /// The bits of its columns, set where one is not NULL; None where none is NULL.
    pub fn nulls(&self) -> Option<&[u8]> {
        // SAFETY: as in `width`.
        let mask = u32::from(unsafe { (*self.tuple).t_infomask });
        let bits = self.bytes().get(offset_of!(pg_sys::HeapTupleHeaderData, t_bits)..);
        (mask & pg_sys::HEAP_HASNULL != 0).then(|| bits.unwrap_or_default())
    }

    /// The values of its columns.
    pub fn data(&self) -> Option<&[u8]> {
        // SAFETY: as in `width`.
        self.bytes().get(usize::from(unsafe { (*self.tuple).t_hoff })..)
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: as in `width`; the value's header says how long it is.
        unsafe {
            std::slice::from_raw_parts(
                self.tuple.cast::<u8>(),
                varlena::varsize_4b(self.tuple.cast()),
            )
        }
    }
}

/// Where the features stand in rows of one type. Made once for each call site and type: a row then
/// costs one pass over its columns and no look-up.
pub struct RowLayout {
    type_: Oid,
    typmod: i32,
    /// Changes with every alteration of the type, also in the middle of a statement.
    identifier: u64,
    /// `types::changes()` when the identifier was last looked up.
    changes: Cell<u64>,
    columns: pg_sys::TupleDesc,
    fields: Vec<Field>,
    /// The shorter way to the features, where there is one.
    fixed: Option<FixedColumns>,
    data: Vec<Datum>,
    nulls: Vec<bool>,
}

struct Field {
    /// The column's place in the row, from 0.
    place: usize,
    reader: Reader,
}

/// A column of a row type, before it is known whether it is a feature.
struct Attribute {
    place: usize,
    name: String,
    type_: Oid,
}

impl RowLayout {
    /// Takes every column of the row's type as a feature.
    pub fn of_all_columns(call: &Call, row: Row) -> Result<(Self, Vec<Column>), Failure> {
        let mut layout = Self::without_fields(call, row);
        let attributes = layout.attributes()?;
        let mut columns = Vec::<Column>::with_capacity(attributes.len());
        for Attribute { place, name, type_ } in attributes {
            if columns.iter().any(|column| column.name == name) {
                return Err(ambiguous(&name));
            }
            let reader = Reader::of_type(type_).ok_or_else(|| unsupported(&name, type_))?;
            let kind = reader.kind();
            columns.push(Column { name, kind });
            layout.fields.push(Field { place, reader });
        }
        if columns.is_empty() {
            return Err(Failure::new(
                PgSqlErrorCode::ERRCODE_DATA_EXCEPTION,
                "the row has no columns",
            )
            .with_hint("Pass at least one feature."));
        }
        Ok((layout, columns))
    }

    /// Takes the columns that a model was trained on, by name.
    pub fn of_model(call: &Call, row: Row, wanted: &[Column]) -> Result<Self, Failure> {
        let mut layout = Self::without_fields(call, row);
        let attributes = layout.attributes()?;
        for column in wanted {
            let mut same_name = attributes.iter().filter(|have| have.name == column.name);
            let have = same_name.next().ok_or_else(|| missing(&column.name))?;
            if same_name.next().is_some() {
                return Err(ambiguous(&column.name));
            }
            let reader =
                Reader::of_type(have.type_).ok_or_else(|| unsupported(&have.name, have.type_))?;
            if reader.kind() != column.kind {
                return Err(other_kind(column, have.type_, &reader));
            }
            layout.fields.push(Field { place: have.place, reader });
        }
        // SAFETY: `columns` lives as long as the layout.
        let columns = unsafe { look_at(layout.columns) };
        let features = layout.fields.iter().map(|field| (field.place, &field.reader));
        layout.fixed = FixedColumns::new(columns.iter().copied(), features);
        Ok(layout)
    }

    fn without_fields(call: &Call, row: Row) -> Self {
        let Row { type_, typmod, .. } = row;
        let changes = types::changes();
        // SAFETY: the type is that of a value at hand; the copy is ours, in the site's memory.
        let (identifier, columns, width) = unsafe {
            let identifier = pg_sys::assign_record_type_identifier(type_, typmod);
            let columns = call
                .site_memory()
                .switch_to(|_| pg_sys::lookup_rowtype_tupdesc_copy(type_, typmod));
            (identifier, columns, (*columns).natts as usize)
        };
        Self {
            type_,
            typmod,
            identifier,
            changes: Cell::new(changes),
            columns,
            fields: Vec::new(),
            fixed: None,
            data: vec![Datum::null(); width],
            nulls: vec![true; width],
        }
    }

    fn attributes(&self) -> Result<Vec<Attribute>, Failure> {
        // SAFETY: `columns` lives as long as `self`.
        let columns = unsafe { look_at(self.columns) };
        columns
            .iter()
            .enumerate()
            .filter(|(_, attribute)| !attribute.attisdropped)
            .map(|(place, attribute)| {
                // SAFETY: a name of the catalog ends with a NUL.
                let name = unsafe { std::ffi::CStr::from_ptr(attribute.attname.data.as_ptr()) };
                Ok(Attribute {
                    place,
                    name: crate::text::from_server(name.to_bytes())?.to_owned(),
                    type_: attribute.atttypid,
                })
            })
            .collect()
    }

    /// Whether the row is of the type that this layout was made for, as it was then.
    pub fn fits(&self, row: Row) -> bool {
        self.type_ == row.type_ && self.typmod == row.typmod && self.is_current()
    }

    fn is_current(&self) -> bool {
        let changes = types::changes();
        if self.changes.replace(changes) == changes {
            return true;
        }
        // SAFETY: looks up the type of a value at hand.
        let identifier = unsafe { pg_sys::assign_record_type_identifier(self.type_, self.typmod) };
        self.identifier == identifier
    }

    /// The features of a row that fits, if they are all numbers that can be read where they lie.
    pub fn numbers<'a>(&'a mut self, row: &'a Row) -> Option<Plain<'a>> {
        self.fixed.as_mut()?.numbers(row)
    }

    /// Each feature of a row that fits, as its type writes it.
    pub fn texts(&mut self, row: Row) -> Result<Vec<Option<Datum>>, Failure> {
        self.take_apart(row);
        // SAFETY: `columns` lives as long as `self`.
        let columns = unsafe { look_at(self.columns) };
        let text = |field: &Field| {
            if self.nulls[field.place] {
                return Ok(None);
            }
            let column = columns.get(field.place);
            let type_ =
                column.ok_or_else(|| Failure::internal("a feature without a column"))?.atttypid;
            // SAFETY: the datum is of the column's type.
            Ok(Some(unsafe { written(self.data[field.place], type_) }))
        };
        self.fields.iter().map(text).collect()
    }

    /// The features of a row that fits, in the layout's order.
    pub fn values(&mut self, row: Row) -> Result<impl Iterator<Item = Value<'_>>, Failure> {
        self.take_apart(row);
        for field in &mut self.fields {
            if !self.nulls[field.place] {
                field.reader.prepare(self.data[field.place])?;
            }
        }
        Ok(self.fields.iter().map(|field| {
            if self.nulls[field.place] {
                return Value::Missing;
            }
            // SAFETY: the datum was read from a column of the reader's type.
            unsafe { field.reader.read(self.data[field.place]) }
                .unwrap_or_else(|failure| failure.raise())
        }))
    }

    /// Puts a row's columns into `data` and `nulls`.
    fn take_apart(&mut self, row: Row) {
        // SAFETY: the row is of the type of `columns`, and both arrays have an entry a column.
        unsafe {
            let mut tuple = pg_sys::HeapTupleData {
                t_len: pgrx::varlena::varsize_4b(row.tuple.cast()) as u32,
                t_data: row.tuple,
                ..Default::default()
            };
            pg_sys::heap_deform_tuple(
                &mut tuple,
                self.columns,
                self.data.as_mut_ptr(),
                self.nulls.as_mut_ptr(),
            );
        }
    }
}

impl Drop for RowLayout {
    fn drop(&mut self) {
        // SAFETY: `columns` is our copy; the call site drops its layouts before its memory goes.
        unsafe { pg_sys::FreeTupleDesc(self.columns) };
    }
}

fn missing(name: &str) -> Failure {
    Failure::new(
        PgSqlErrorCode::ERRCODE_UNDEFINED_COLUMN,
        format!("the row has no column \"{name}\", which the model was trained on"),
    )
    .with_hint("Pass a row with every column of the training rows.")
}

fn ambiguous(name: &str) -> Failure {
    Failure::new(
        PgSqlErrorCode::ERRCODE_DUPLICATE_COLUMN,
        format!("the row has more than one column \"{name}\""),
    )
    .with_hint("Give each column a name of its own.")
}

fn other_kind(column: &Column, type_: Oid, reader: &Reader) -> Failure {
    Failure::new(
        PgSqlErrorCode::ERRCODE_DATATYPE_MISMATCH,
        format!(
            "column \"{}\" of type {} is {}, but the model was trained on {}",
            column.name,
            type_name(type_),
            kind_name(reader.kind()),
            kind_name(column.kind)
        ),
    )
    .with_hint("Cast the column to the type that it had in training.")
}
