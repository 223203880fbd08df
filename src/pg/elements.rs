//! Arrays whose elements may be NULL, as arguments and as columns of rows.

use pgrx::pg_sys::{self, Datum};

use super::{Call, Failure, Oid, Scalar, double_array::doubles_of_array, element_type, oid};

/// Elements of an array; `None` for NULL.
type Elements<T> = Vec<Option<T>>;

impl Call {
    /// Returns the elements of an argument declared as text[], or `None` if it is NULL.
    pub fn texts(&self, index: usize) -> Result<Option<Elements<&str>>, Failure> {
        self.elements(index, oid::TEXTOID, Scalar::text)
    }

    /// Returns the elements of an argument declared as float8[], or `None` if it is NULL.
    pub fn float8s(&self, index: usize) -> Result<Option<Elements<f64>>, Failure> {
        let mut elements = Vec::new();
        Ok(self.read_float8s(index, &mut elements)?.then_some(elements))
    }

    /// Replaces the elements of `into` by those of an argument declared as float8[]. Returns `false` if
    /// it is NULL. A buffer that is kept from row to row saves an allocation.
    pub fn read_float8s(&self, index: usize, into: &mut Elements<f64>) -> Result<bool, Failure> {
        into.clear();
        let Some(content) = self.bytes(index) else { return Ok(false) };
        match doubles_of_array(content) {
            Some(doubles) => into.extend(doubles),
            None => {
                let read = |scalar: Scalar| Ok(scalar.float8());
                into.extend(self.elements(index, oid::FLOAT8OID, read)?.unwrap_or_default());
            }
        }
        Ok(true)
    }

    /// Returns the contents of the elements of an argument declared as an array of a type of variable
    /// length, or `None` if it is NULL.
    pub fn contents(&self, index: usize) -> Result<Option<Elements<&[u8]>>, Failure> {
        let type_ = self.declared_type(index)?.and_then(element_type);
        let type_ = type_.ok_or_else(|| Failure::internal("declared without an array"))?;
        self.elements(index, type_, Scalar::content)
    }

    /// Reads an argument declared as an array of `type_`, of any dimensions.
    fn elements<'c, T>(
        &'c self,
        index: usize,
        type_: Oid,
        read: impl Fn(Scalar<'c>) -> Result<T, Failure>,
    ) -> Result<Option<Elements<T>>, Failure> {
        let Some(datum) = self.datum(index) else { return Ok(None) };
        // SAFETY: the argument is declared as an array of the type, and lives as long as the call.
        unsafe { elements(datum, type_, read) }.map(Some)
    }
}

impl<'a> Scalar<'a> {
    /// Returns the elements of a text[].
    pub fn texts(self) -> Result<Elements<&'a str>, Failure> {
        self.elements(oid::TEXTOID, Scalar::text)
    }

    /// Returns the elements of a float8[].
    pub fn float8s(self) -> Result<Elements<f64>, Failure> {
        self.elements(oid::FLOAT8OID, |scalar| Ok(scalar.float8()))
    }

    fn elements<T>(
        self,
        type_: Oid,
        read: impl Fn(Scalar<'a>) -> Result<T, Failure>,
    ) -> Result<Elements<T>, Failure> {
        if element_type(self.base_type()) != Some(type_) {
            return Err(Failure::internal("an array was read as another type than its own"));
        }
        // SAFETY: the value is an array of the type, and lives for `'a`.
        unsafe { elements(self.datum(), type_, read) }
    }
}

/// Reads the elements of an array of any dimensions.
///
/// # Safety
/// The datum is an array of `type_`, and lives for `'a`.
unsafe fn elements<'a, T>(
    datum: Datum,
    type_: Oid,
    read: impl Fn(Scalar<'a>) -> Result<T, Failure>,
) -> Result<Elements<T>, Failure> {
    // SAFETY: by the contract of this function.
    let (data, nulls) = unsafe { deconstruct(datum, type_) };
    let element = |(&datum, &is_null): (&Datum, &bool)| {
        // SAFETY: an element that is not NULL is of the type, and lives as long as the array.
        let scalar = (!is_null).then(|| unsafe { Scalar::new(datum, type_) });
        scalar.map(&read).transpose()
    };
    data.iter().zip(nulls).map(element).collect()
}

/// Takes an array apart, in the memory context of the call.
///
/// # Safety
/// The datum is an array of `type_`, and lives for `'a`, as does the memory context.
unsafe fn deconstruct<'a>(datum: Datum, type_: Oid) -> (&'a [Datum], &'a [bool]) {
    let (mut data, mut nulls, mut length) = (std::ptr::null_mut(), std::ptr::null_mut(), 0);
    let (mut size, mut by_value, mut alignment) = (0, false, 0);
    // SAFETY: by the contract of this function; both arrays get `length` entries.
    unsafe {
        pg_sys::get_typlenbyvalalign(type_, &mut size, &mut by_value, &mut alignment);
        pg_sys::deconstruct_array(
            pg_sys::pg_detoast_datum(datum.cast_mut_ptr()).cast(),
            type_,
            i32::from(size),
            by_value,
            alignment,
            &mut data,
            &mut nulls,
            &mut length,
        );
        match usize::try_from(length) {
            Ok(length) if length > 0 => (
                std::slice::from_raw_parts(data, length),
                std::slice::from_raw_parts(nulls, length),
            ),
            _ => (&[], &[]),
        }
    }
}
