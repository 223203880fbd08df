//! Values on their way to PostgreSQL, with their types.

use pgrx::{
    IntoDatum,
    pg_sys::{self, Datum},
    varlena,
};

use super::{Failure, Oid, oid, to_server, varlena::bytes_of};

/// A value that is not NULL, with its type. Values of variable length live in the memory context in
/// which they were made.
#[derive(Debug, Clone, Copy)]
pub struct SqlValue {
    datum: Datum,
    type_: Oid,
}

impl SqlValue {
    /// # Safety
    /// The datum is of that type.
    pub unsafe fn new(datum: Datum, type_: Oid) -> Self {
        Self { datum, type_ }
    }

    pub fn datum(self) -> Datum {
        self.datum
    }

    pub fn type_(self) -> Oid {
        self.type_
    }

    #[inline]
    pub fn float8(value: f64) -> Self {
        Self { datum: Datum::from(value.to_bits()), type_: oid::FLOAT8OID }
    }

    pub fn int4(value: i32) -> Self {
        Self { datum: Datum::from(value), type_: oid::INT4OID }
    }

    /// Makes a bigint of a count.
    pub fn count(value: u64) -> Self {
        Self { datum: Datum::from(value), type_: oid::INT8OID }
    }

    pub fn boolean(value: bool) -> Self {
        Self { datum: Datum::from(value), type_: oid::BOOLOID }
    }

    pub fn text(value: &str) -> Result<Self, Failure> {
        Self::server_text(to_server(value)?)
    }

    /// Makes a text of bytes in the server's encoding.
    pub fn server_text(value: &[u8]) -> Result<Self, Failure> {
        Ok(Self { datum: varlena_of(value)?, type_: oid::TEXTOID })
    }

    pub fn bytes(value: &[u8]) -> Result<Self, Failure> {
        Ok(Self { datum: varlena_of(value)?, type_: oid::BYTEAOID })
    }

    /// Makes a bytea in place: `fill` hands over its `length` bytes in pieces.
    pub fn bytes_in_pieces(
        length: usize,
        fill: impl FnOnce(&mut dyn FnMut(&[u8])),
    ) -> Result<Self, Failure> {
        let size = length + pg_sys::VARHDRSZ;
        let mut written = pg_sys::VARHDRSZ;
        // SAFETY: a new allocation of `size` bytes; PostgreSQL raises an error if that is too large.
        let value = unsafe { pg_sys::palloc(size).cast::<u8>() };
        fill(&mut |bytes| {
            let end = written + bytes.len();
            if end <= size {
                // SAFETY: the bytes end within the allocation.
                unsafe { value.add(written).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
            }
            written = end;
        });
        if written != size {
            return Err(Failure::internal(format!("a value of {length} bytes got {written}")));
        }
        // SAFETY: all bytes are written; `size` is below PostgreSQL's limit of an allocation.
        unsafe { varlena::set_varsize_4b(value.cast(), size as i32) };
        Ok(Self { datum: Datum::from(value), type_: oid::BYTEAOID })
    }

    /// Makes a NUL-terminated string, the result of a type's output function. `bytes` holds no NUL.
    pub fn c_string(bytes: &[u8]) -> Self {
        // SAFETY: a new allocation with room for the bytes and the NUL.
        let start = unsafe {
            let start = pg_sys::palloc(bytes.len() + 1).cast::<u8>();
            start.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            start.add(bytes.len()).write(0);
            start
        };
        Self { datum: Datum::from(start), type_: pg_sys::CSTRINGOID }
    }

    /// Gives a value of bytes the type that it has in SQL.
    pub fn with_type(self, type_: Oid) -> Result<Self, Failure> {
        if self.type_ == oid::BYTEAOID && super::types::is_variable_length(type_) {
            return Ok(Self { type_, ..self });
        }
        Err(Failure::internal("a value got a type that it cannot have"))
    }
}

fn varlena_of(content: &[u8]) -> Result<Datum, Failure> {
    content.into_datum().ok_or_else(not_made)
}

fn not_made() -> Failure {
    Failure::internal("PostgreSQL made no value")
}

/// # Safety
/// The datum is one that [`bytes_of`] takes.
pub unsafe fn copied_bytes(datum: Datum) -> Vec<u8> {
    // SAFETY: by the contract of this function.
    unsafe { bytes_of(datum) }.to_vec()
}
