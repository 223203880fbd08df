//! Arrays on their way to PostgreSQL.

use pgrx::pg_sys::{self, Datum};

use super::{Failure, Oid, SqlValue, oid};

impl SqlValue {
    /// Makes an array of values of type `element`; without values it has no dimension.
    pub fn array(element: Oid, values: &[Option<Self>]) -> Result<Self, Failure> {
        Self::array_of(element, values, &[values.len()])
    }

    /// Makes an array of rows of equal width.
    pub fn matrix<const WIDTH: usize>(rows: &[[f64; WIDTH]]) -> Result<Self, Failure> {
        let values: Vec<_> =
            rows.iter().flatten().map(|&value| Some(Self::float8(value))).collect();
        Self::array_of(oid::FLOAT8OID, &values, &[rows.len(), WIDTH])
    }

    /// Makes an array of texts.
    pub fn texts<'t>(texts: impl Iterator<Item = Option<&'t str>>) -> Result<Self, Failure> {
        let values: Result<Vec<_>, _> =
            texts.map(|text| text.map(Self::text).transpose()).collect();
        Self::array(oid::TEXTOID, &values?)
    }

    /// Makes an array of texts without NULLs.
    pub fn strings(strings: &[String]) -> Result<Self, Failure> {
        Self::texts(strings.iter().map(|text| Some(text.as_str())))
    }

    /// Makes an array of numbers.
    pub fn float8s(values: &[f64]) -> Result<Self, Failure> {
        let values: Vec<_> = values.iter().map(|&value| Some(Self::float8(value))).collect();
        Self::array(oid::FLOAT8OID, &values)
    }

    /// Makes a bigint[].
    pub fn counts(values: &[u64]) -> Result<Self, Failure> {
        let values: Vec<_> = values.iter().map(|&value| Some(Self::count(value))).collect();
        Self::array(oid::INT8OID, &values)
    }

    fn array_of(element: Oid, values: &[Option<Self>], lengths: &[usize]) -> Result<Self, Failure> {
        if values.iter().flatten().any(|value| value.type_() != element) {
            return Err(Failure::internal("an array got an element of another type"));
        }
        let mut data: Vec<_> =
            values.iter().map(|value| value.map_or(Datum::null(), Self::datum)).collect();
        let mut nulls: Vec<_> = values.iter().map(Option::is_none).collect();
        let mut lengths: Vec<_> = lengths.iter().map(|&length| length as i32).collect();
        let dimensions = if values.is_empty() { 0 } else { lengths.len() as i32 };
        let mut lower_bounds = vec![1; lengths.len()];
        let (mut size, mut by_value, mut alignment) = (0, false, 0);
        // SAFETY: the element's type exists; the arrays have an entry for each value, of that type, and
        // for each dimension.
        let (array, type_) = unsafe {
            pg_sys::get_typlenbyvalalign(element, &mut size, &mut by_value, &mut alignment);
            let array = pg_sys::construct_md_array(
                data.as_mut_ptr(),
                nulls.as_mut_ptr(),
                dimensions,
                lengths.as_mut_ptr(),
                lower_bounds.as_mut_ptr(),
                element,
                i32::from(size),
                by_value,
                alignment,
            );
            (array, pg_sys::get_array_type(element))
        };
        // SAFETY: a new array of that type.
        Ok(unsafe { Self::new(Datum::from(array), type_) })
    }
}
