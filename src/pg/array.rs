//! Arrays as they lie in memory.

use pgrx::{
    pg_sys::{self, Datum},
    varlena,
};

use super::{
    Failure, Oid, Scalar, SqlState, base_type, oid,
    varlena::{aligned_bytes_of, bytes_of},
};

/// An array in memory, without the header of a value of variable length.
#[derive(Clone, Copy)]
pub struct Array<'a> {
    content: &'a [u8],
    element: Oid,
}

/// The type of an array's elements: numbers or booleans.
pub struct ElementType {
    declared: Oid,
    base: Oid,
}

/// Reads the elements of an array of at most one dimension, one after the other.
pub struct Elements<'a> {
    content: &'a [u8],
    base: Oid,
    /// The offset in `content` of the next element that is not NULL.
    next: usize,
    /// The null bitmap (1 = not NULL), or `None` if the array has no NULLs.
    not_null: Option<&'a [u8]>,
    length: usize,
    read: usize,
}

/// The header that `content` leaves out: PostgreSQL counts offsets in an array from its start.
const HEADER: usize = size_of::<i32>();
/// The content starts with the number of dimensions, the offset of the elements (0 = right after these
/// fields), and the element type; lengths, lower bounds and the null bitmap follow.
const FIXED: usize = 3 * size_of::<i32>();

impl<'a> Array<'a> {
    /// # Safety
    /// The datum is of an array type, and lives for `'a`.
    pub unsafe fn new(datum: Datum) -> Result<Self, Failure> {
        // SAFETY: by the contract of this function.
        let packed = unsafe { bytes_of(datum) };
        let element = Oid::from(integer(packed, 2)? as u32);
        // Floats are read at any address; an element that has a header must be aligned, and after a
        // short header of the array it is not.
        let content = match element {
            oid::FLOAT4OID | oid::FLOAT8OID => packed,
            // SAFETY: as above.
            _ => unsafe { aligned_bytes_of(datum) },
        };
        Ok(Self { content, element })
    }

    pub fn content(self) -> &'a [u8] {
        self.content
    }

    pub fn element(self) -> Oid {
        self.element
    }

    /// Starts to read the elements, which are of type `element`.
    pub fn elements(self, element: &ElementType) -> Result<Elements<'a>, Failure> {
        let content = self.content;
        let dimensions = integer(content, 0)? as usize;
        if dimensions > 1 {
            return Err(Failure::new(
                SqlState::ERRCODE_DATA_EXCEPTION,
                format!("features must be an array of one dimension, not {dimensions}"),
            )
            .with_hint("Pass one array per customer."));
        }
        if self.element != element.declared {
            return Err(Failure::internal("an array was read as another type than its own"));
        }
        let offset = integer(content, 1)? as usize;
        let bitmap = FIXED + 2 * size_of::<i32>() * dimensions;
        Ok(Elements {
            content,
            base: element.base,
            next: match offset {
                0 => (HEADER + bitmap).next_multiple_of(pg_sys::MAXIMUM_ALIGNOF as usize) - HEADER,
                offset => offset.saturating_sub(HEADER),
            },
            not_null: if offset == 0 { None } else { content.get(bitmap..) },
            length: if dimensions == 0 { 0 } else { integer(content, 3)? as usize },
            read: 0,
        })
    }
}

/// Reads one of the integers at the start of an array.
fn integer(content: &[u8], place: usize) -> Result<i32, Failure> {
    let bytes = content.get(place * size_of::<i32>()..).and_then(<[u8]>::first_chunk);
    bytes.map(|&bytes| i32::from_ne_bytes(bytes)).ok_or_else(too_short)
}

fn too_short() -> Failure {
    Failure::internal("an array ends before its elements do")
}

impl ElementType {
    /// Returns `None` if elements of the type are not read.
    pub fn of(declared: Oid) -> Option<Self> {
        let base = base_type(declared);
        let is_read = matches!(
            base,
            oid::INT2OID
                | oid::INT4OID
                | oid::INT8OID
                | oid::FLOAT4OID
                | oid::FLOAT8OID
                | oid::NUMERICOID
                | oid::BOOLOID
        );
        is_read.then_some(Self { declared, base })
    }

    /// Returns the type that the array declares, which may be a domain.
    pub fn declared(&self) -> Oid {
        self.declared
    }
}

impl<'a> Elements<'a> {
    /// Returns the number of elements that are not read yet.
    pub fn len(&self) -> usize {
        self.length - self.read
    }

    /// Reads the next element, `None` if it is NULL.
    pub fn read(&mut self) -> Result<Option<Scalar<'a>>, Failure> {
        let null = self.is_null(self.read);
        self.read += 1;
        if null {
            return Ok(None);
        }
        let datum = match self.base {
            oid::FLOAT8OID | oid::INT8OID => Datum::from(u64::from_ne_bytes(self.take()?)),
            oid::FLOAT4OID | oid::INT4OID => Datum::from(u32::from_ne_bytes(self.take()?)),
            oid::INT2OID => Datum::from(u16::from_ne_bytes(self.take()?)),
            oid::BOOLOID => Datum::from(u8::from_ne_bytes(self.take()?)),
            _ => Datum::from(self.take_variable()?.as_ptr()),
        };
        // SAFETY: the datum was read as a value of the base type, and lives in the array.
        Ok(Some(unsafe { Scalar::new(datum, self.base) }))
    }

    /// Takes the next element, of a type of fixed length.
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Failure> {
        let rest = self.content.get(self.next..).ok_or_else(too_short)?;
        self.next += N;
        rest.first_chunk().copied().ok_or_else(too_short)
    }

    /// Takes the next element, of variable length.
    fn take_variable(&mut self) -> Result<&'a [u8], Failure> {
        // Like PostgreSQL's att_align_pointer: a zero byte pads before an element with a long header,
        // which is aligned to 4 bytes (as is the header that `content` leaves out).
        if self.content.get(self.next) == Some(&0) {
            self.next = self.next.next_multiple_of(size_of::<i32>());
        }
        let rest = self.content.get(self.next..).filter(|rest| !rest.is_empty());
        let rest = rest.ok_or_else(too_short)?;
        // SAFETY: an element of variable length starts here, whose header tells its length.
        let length = unsafe { varlena::varsize_any(rest.as_ptr().cast()) };
        self.next += length;
        rest.get(..length).ok_or_else(too_short)
    }

    fn is_null(&self, place: usize) -> bool {
        let bits = self.not_null.map(|bits| bits.get(place / 8).copied().unwrap_or(0));
        bits.is_some_and(|bits| bits & (1 << (place % 8)) == 0)
    }
}
