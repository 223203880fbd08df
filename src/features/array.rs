//! Features as an array: elements are matched by position, and named f1, f2, …

use pgrx::{
    PgSqlErrorCode,
    pg_sys::{self, Datum, Oid},
    varlena,
};
use two_stage::features::{Column, Kind, Value, check_count};

use super::element_name;
use super::scalar::{Reader, type_name, written};
use crate::{
    call::{bytes_at_hand, bytes_of},
    report::Failure,
};

/// An array in memory, without the header of a value of variable length.
#[derive(Clone, Copy)]
pub struct Array<'a> {
    content: &'a [u8],
    pub element: Oid,
}

/// How the elements of arrays of one type are read.
pub struct ArrayLayout {
    element: Oid,
    reader: Reader,
}

/// The elements of one array.
pub struct ArrayValues<'a> {
    reader: &'a Reader,
    elements: Elements<'a>,
    place: usize,
}

/// Where the elements of an array of at most one dimension stand.
struct Elements<'a> {
    content: &'a [u8],
    /// Where the next one that is not NULL starts, in `content`.
    next: usize,
    /// A bit an element, set where it is not NULL; None where none is NULL.
    not_null: Option<&'a [u8]>,
    length: usize,
}

/// All elements of an array without NULLs, as they stand in memory.
pub enum Plain<'a> {
    Singles(&'a [[u8; 4]]),
    Doubles(&'a [[u8; 8]]),
}

/// What `content` leaves out: PostgreSQL's places in an array count from there.
const HEADER: usize = size_of::<i32>();
/// The content starts with the number of dimensions, the place of the elements (0 = behind these
/// fields), and the type of an element; lengths and lower bounds follow, then the bits of NULLs.
const FIXED: usize = 3 * size_of::<i32>();

impl<'a> Array<'a> {
    /// # Safety
    /// The datum is of an array type; the result lives in it or in the current memory context.
    pub unsafe fn new(datum: Datum) -> Result<Self, Failure> {
        // SAFETY: by the contract of this function; whole in memory, a value has a long header.
        unsafe {
            let packed = bytes_of(datum);
            let element = Oid::from(integer(packed, 2)? as u32);
            // Numbers are read from wherever they stand; an element that has a header must be
            // aligned, and behind a short header of the array nothing is.
            let content = match element {
                pg_sys::FLOAT4OID | pg_sys::FLOAT8OID => packed,
                _ => {
                    let whole = pg_sys::pg_detoast_datum(datum.cast_mut_ptr());
                    varlena::varlena_to_byte_slice(whole)
                }
            };
            Ok(Self { content, element })
        }
    }

    /// Its elements, where they can be taken as they stand.
    pub fn plain(self) -> Option<Plain<'a>> {
        Plain::of_content(self.content)
    }

    fn elements(self) -> Result<Elements<'a>, Failure> {
        let content = self.content;
        let dimensions = integer(content, 0)? as usize;
        if dimensions > 1 {
            return Err(Failure::new(
                PgSqlErrorCode::ERRCODE_DATA_EXCEPTION,
                format!("features must be an array of one dimension, not {dimensions}"),
            )
            .with_hint("Pass one array a customer."));
        }
        let offset = integer(content, 1)? as usize;
        let bits = FIXED + 2 * size_of::<i32>() * dimensions;
        Ok(Elements {
            content,
            next: match offset {
                0 => (HEADER + bits).next_multiple_of(pg_sys::MAXIMUM_ALIGNOF as usize) - HEADER,
                offset => offset.saturating_sub(HEADER),
            },
            not_null: if offset == 0 { None } else { content.get(bits..) },
            length: if dimensions == 0 { 0 } else { integer(content, 3)? as usize },
        })
    }
}

/// One of the numbers at the start of an array.
fn integer(content: &[u8], place: usize) -> Result<i32, Failure> {
    let bytes = content.get(place * size_of::<i32>()..).and_then(<[u8]>::first_chunk);
    bytes.map(|&bytes| i32::from_ne_bytes(bytes)).ok_or_else(too_short)
}

fn too_short() -> Failure {
    Failure::internal("an array ends before its elements do")
}

impl ArrayLayout {
    pub fn new(array: Array) -> Result<Self, Failure> {
        let element = array.element;
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

    pub fn fits(&self, array: Array) -> bool {
        self.element == array.element
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

    /// The elements of an array that fits.
    pub fn values<'a>(&'a self, array: Array<'a>) -> Result<ArrayValues<'a>, Failure> {
        Ok(ArrayValues { reader: &self.reader, elements: array.elements()?, place: 0 })
    }

    /// Each element of an array that fits, as its type writes it.
    pub fn texts(&self, array: Array) -> Result<Vec<Option<Datum>>, Failure> {
        let mut values = self.values(array)?;
        let mut texts = Vec::with_capacity(values.len());
        while values.len() > 0 {
            // SAFETY: the datum is of the element type.
            let text = |datum| unsafe { written(datum, self.element) };
            texts.push(values.next_datum()?.map(text));
        }
        Ok(texts)
    }

    /// Whether the numbers are those of an array that fits.
    pub fn fits_plain(&self, numbers: &Plain) -> bool {
        match numbers {
            Plain::Singles(_) => self.element == pg_sys::FLOAT4OID,
            Plain::Doubles(_) => self.element == pg_sys::FLOAT8OID,
        }
    }
}

impl<'a> Plain<'a> {
    /// The elements of an array, where they can be taken as they stand.
    ///
    /// # Safety
    /// The datum is of an array type; the result lives in it.
    #[inline]
    pub unsafe fn of_array(datum: Datum) -> Option<Self> {
        // SAFETY: by the contract of this function.
        Self::of_content(unsafe { bytes_at_hand(datum) }?)
    }

    #[inline]
    fn of_content(content: &'a [u8]) -> Option<Self> {
        let (header, elements) = content.as_chunks().0.split_first_chunk()?;
        let [dimensions, nulls, element, length, _lower_bound] = header.map(i32::from_ne_bytes);
        if (dimensions, nulls) != (1, 0) {
            return None;
        }
        match Oid::from(element as u32) {
            pg_sys::FLOAT4OID => elements.get(..length as usize).map(Self::Singles),
            pg_sys::FLOAT8OID => {
                elements.as_flattened().as_chunks().0.get(..length as usize).map(Self::Doubles)
            }
            _ => None,
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Singles(numbers) => numbers.len(),
            Self::Doubles(numbers) => numbers.len(),
        }
    }
}

impl ArrayValues<'_> {
    /// Elements that are still to come.
    pub fn len(&self) -> usize {
        self.elements.length - self.place
    }

    /// The next element, None where it is NULL.
    fn next_datum(&mut self) -> Result<Option<Datum>, Failure> {
        let null = self.elements.is_null(self.place);
        self.place += 1;
        if null { Ok(None) } else { self.read().map(Some) }
    }

    /// The next element, which is not NULL.
    fn read(&mut self) -> Result<Datum, Failure> {
        let elements = &mut self.elements;
        Ok(match self.reader {
            Reader::Float8 => Datum::from(u64::from_ne_bytes(elements.take()?)),
            Reader::Int8 => Datum::from(i64::from_ne_bytes(elements.take()?)),
            Reader::Float4 => Datum::from(u32::from_ne_bytes(elements.take()?)),
            Reader::Int4 => Datum::from(i32::from_ne_bytes(elements.take()?)),
            Reader::Int2 => Datum::from(i16::from_ne_bytes(elements.take()?)),
            Reader::Boolean => Datum::from(u8::from_ne_bytes(elements.take()?)),
            _ => Datum::from(elements.take_variable()?.as_ptr()),
        })
    }
}

impl<'a> Elements<'a> {
    /// The next element, of a type of fixed length.
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Failure> {
        let rest = self.content.get(self.next..).ok_or_else(too_short)?;
        self.next += N;
        rest.first_chunk().copied().ok_or_else(too_short)
    }

    /// The next element, of variable length.
    fn take_variable(&mut self) -> Result<&'a [u8], Failure> {
        // As PostgreSQL's att_align_pointer: a zero byte is padding before an element with a long
        // header, which is aligned to 4 bytes (and so is what `content` leaves out).
        if self.content.get(self.next) == Some(&0) {
            self.next = self.next.next_multiple_of(size_of::<i32>());
        }
        let rest = self.content.get(self.next..).filter(|rest| !rest.is_empty());
        let rest = rest.ok_or_else(too_short)?;
        // SAFETY: an element of variable length starts there, whose header says how long it is.
        let length = unsafe { varlena::varsize_any(rest.as_ptr().cast()) };
        self.next += length;
        rest.get(..length).ok_or_else(too_short)
    }

    fn is_null(&self, place: usize) -> bool {
        let bits = self.not_null.map(|bits| bits.get(place / 8).copied().unwrap_or(0));
        bits.is_some_and(|bits| bits & (1 << (place % 8)) == 0)
    }
}

impl<'a> Iterator for ArrayValues<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        if self.place == self.elements.length {
            return None;
        }
        let Some(datum) = self.next_datum().unwrap_or_else(|failure| failure.raise()) else {
            return Some(Value::Missing);
        };
        // SAFETY: the element is of the reader's type.
        Some(unsafe { self.reader.read(datum) }.unwrap_or_else(|failure| failure.raise()))
    }
}
