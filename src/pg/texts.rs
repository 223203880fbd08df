//! Arguments that are arrays of texts.

use pgrx::pg_sys::{self, Datum};

use super::{Call, Failure, Scalar, oid};

impl Call {
    /// Returns the elements of an argument declared as text[], or `None` if it is NULL.
    pub fn texts(&self, index: usize) -> Result<Option<Vec<Option<&str>>>, Failure> {
        let Some(datum) = self.datum(index) else { return Ok(None) };
        let (mut data, mut nulls, mut length) = (std::ptr::null_mut(), std::ptr::null_mut(), 0);
        // SAFETY: the argument is declared as text[]; both arrays get `length` entries, which live in
        // the memory context of the call.
        let (data, nulls): (&[Datum], &[bool]) = unsafe {
            pg_sys::deconstruct_array(
                pg_sys::pg_detoast_datum(datum.cast_mut_ptr()).cast(),
                oid::TEXTOID,
                -1,
                false,
                pg_sys::TYPALIGN_INT as std::ffi::c_char,
                &mut data,
                &mut nulls,
                &mut length,
            );
            let length = usize::try_from(length).unwrap_or(0);
            if length == 0 {
                return Ok(Some(Vec::new()));
            }
            (std::slice::from_raw_parts(data, length), std::slice::from_raw_parts(nulls, length))
        };
        let text = |(&datum, &is_null): (&Datum, &bool)| {
            // SAFETY: an element that is not NULL is a text, and lives as long as the arrays.
            let scalar = (!is_null).then(|| unsafe { Scalar::new(datum, oid::TEXTOID) });
            scalar.map(Scalar::text).transpose()
        };
        data.iter().zip(nulls).map(text).collect::<Result<_, _>>().map(Some)
    }
}
