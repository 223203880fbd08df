//! Features as an array: elements are matched by position, and named f1, f2, …

use pgrx::{
    PgSqlErrorCode,
    pg_sys::{self, Datum, Oid},
    varlena,
};
use two_stage::features::{Column, Kind, Value, check_count};

use super::element_name;
use super::scalar::{Reader, type_name};
use crate::report::Failure;

/// How the elements of arrays of one type are read.
pub struct ArrayLayout {
    element: Oid,
    reader: Reader,
}

/// The elements of one array.
pub struct ArrayValues<'a> {
    reader: &'a Reader,
    /// Where the next element that is not NULL starts.
    next: *const u8,
    nulls: Option<*const u8>,
    place: usize,
    length: usize,
}

impl ArrayLayout {
    /// # Safety
    /// The array is a value of some array type, in memory as a whole.
    pub unsafe fn new(array: *const pg_sys::ArrayType) -> Result<Self, Failure> {
        // SAFETY: by the contract of this function.
        let element = unsafe { (*array).elemtype };
        let reader = Reader::of_type(element)
            .filter(|reader| matches!(reader.kind(), Kind::Number | Kind::Boolean));
        match reader {
            Some(reader) => Ok(Self { element, reader }),
            None => Err(Failure::new(
                PgSqlErrorCode::ERRCODE_DATATYPE_MISMATCH,
                format!("an array of {} cannot be features", type_name(element)),
            )
            .with_hint("Pass an array of numbers or booleans, or a row of named columns.")),
        }
    }

    /// # Safety
    /// As for `new`.
    pub unsafe fn fits(&self, array: *const pg_sys::ArrayType) -> bool {
        // SAFETY: by the contract of this function.
        self.element == unsafe { (*array).elemtype }
    }

    pub fn kind(&self) -> Kind {
        self.reader.kind()
    }

    /// The columns of arrays of that length.
    pub fn columns(&self, length: usize) -> Result<Vec<Column>, Failure> {
        if length == 0 {
            return Err(Failure::new(
                PgSqlErrorCode::ERRCODE_DATA_EXCEPTION,
                "features have 0 elements",
            )
            .with_hint("Pass at least one feature."));
        }
        check_count(length)?;
        Ok((0..length)
            .map(|place| Column { name: element_name(place), kind: self.kind() })
            .collect())
    }

    /// # Safety
    /// As for `new`; the array fits, and outlives the result.
    pub unsafe fn values(
        &self,
        array: *const pg_sys::ArrayType,
    ) -> Result<ArrayValues<'_>, Failure> {
        // SAFETY: by the contract of this function; the layout of an array in memory is: the
        // header, the lengths, the lower bounds, the bitmap of NULLs if any, the elements.
        unsafe {
            let dimensions = (*array).ndim as usize;
            if dimensions > 1 {
                return Err(Failure::new(
                    PgSqlErrorCode::ERRCODE_DATA_EXCEPTION,
                    format!("features must be an array of one dimension, not {dimensions}"),
                )
                .with_hint("Pass one array a customer."));
            }
            let start = array.cast::<u8>();
            let lengths = start.add(size_of::<pg_sys::ArrayType>()).cast::<i32>();
            let bitmap = lengths.add(2 * dimensions).cast::<u8>();
            let offset = (*array).dataoffset as usize;
            let after_header = size_of::<pg_sys::ArrayType>() + 8 * dimensions;
            Ok(ArrayValues {
                reader: &self.reader,
                next: start.add(if offset == 0 {
                    after_header.next_multiple_of(pg_sys::MAXIMUM_ALIGNOF as usize)
                } else {
                    offset
                }),
                nulls: (offset != 0).then_some(bitmap),
                place: 0,
                length: if dimensions == 0 { 0 } else { *lengths as usize },
            })
        }
    }
}

impl ArrayValues<'_> {
    /// Elements that are still to come.
    pub fn len(&self) -> usize {
        self.length - self.place
    }

    /// The element at `next`; moves `next` behind it.
    ///
    /// # Safety
    /// There is one more element, and it is not NULL.
    unsafe fn take(&mut self) -> Datum {
        /// # Safety
        /// As for `take`, with elements of type T.
        unsafe fn fixed<T>(next: &mut *const u8) -> T {
            // SAFETY: elements of fixed length stand side by side.
            unsafe {
                let value = next.cast::<T>().read_unaligned();
                *next = next.add(size_of::<T>());
                value
            }
        }
        // SAFETY: the reader tells the elements' type.
        unsafe {
            match self.reader {
                Reader::Float8 => Datum::from(fixed::<u64>(&mut self.next)),
                Reader::Int8 => Datum::from(fixed::<i64>(&mut self.next)),
                Reader::Float4 => Datum::from(fixed::<u32>(&mut self.next)),
                Reader::Int4 => Datum::from(fixed::<i32>(&mut self.next)),
                Reader::Int2 => Datum::from(fixed::<i16>(&mut self.next)),
                Reader::Boolean => Datum::from(fixed::<u8>(&mut self.next)),
                _ => self.take_variable(),
            }
        }
    }

    /// # Safety
    /// As for `take`, with elements of variable length.
    unsafe fn take_variable(&mut self) -> Datum {
        // SAFETY: as PostgreSQL's att_align_pointer: a zero byte is padding before an element with
        // a long header, which is aligned to 4 bytes.
        unsafe {
            if *self.next == 0 {
                self.next = self.next.add(self.next.align_offset(4));
            }
            let element = self.next;
            self.next = element.add(varlena::varsize_any(element.cast()));
            Datum::from(element)
        }
    }

    fn is_null(&self) -> bool {
        // SAFETY: the bitmap has a bit an element; a bit that is set says "not NULL".
        self.nulls
            .is_some_and(|bits| unsafe { *bits.add(self.place / 8) } & (1 << (self.place % 8)) == 0)
    }
}

impl<'a> Iterator for ArrayValues<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        if self.place == self.length {
            return None;
        }
        let null = self.is_null();
        self.place += 1;
        if null {
            return Some(Value::Missing);
        }
        // SAFETY: the element exists, is not NULL, and is of the reader's type.
        unsafe {
            let datum = self.take();
            Some(self.reader.read(datum).unwrap_or_else(|failure| failure.raise()))
        }
    }
}

/// The array of a datum, in memory as a whole.
///
/// # Safety
/// The datum is of an array type; the result lives in it or in the current memory context.
pub unsafe fn array_in_memory(datum: Datum) -> *const pg_sys::ArrayType {
    // SAFETY: by the contract of this function.
    unsafe { pg_sys::pg_detoast_datum(datum.cast_mut_ptr()).cast() }
}
