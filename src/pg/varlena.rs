//! Reads values of variable length.

use pgrx::{
    pg_sys::{self, Datum},
    varlena,
};

/// Reads the content of a value, without its header.
///
/// # Safety
/// The datum is of a type of variable length. The result lives in the datum or, if it had to be
/// detoasted, in the current memory context.
pub unsafe fn bytes_of<'a>(datum: Datum) -> &'a [u8] {
    // SAFETY: by the contract of this function.
    unsafe {
        bytes_in_place(datum).unwrap_or_else(|| {
            let packed = pg_sys::pg_detoast_datum_packed(datum.cast_mut_ptr());
            varlena::varlena_to_byte_slice(packed)
        })
    }
}

/// Like [`bytes_of`], for values that need no detoasting; avoids a call into PostgreSQL.
///
/// # Safety
/// The datum is of a type of variable length; the result lives in it.
#[inline]
pub unsafe fn bytes_in_place<'a>(datum: Datum) -> Option<&'a [u8]> {
    // SAFETY: by the contract of this function.
    unsafe {
        let value = datum.cast_mut_ptr::<pg_sys::varlena>();
        let is_in_place = varlena::varatt_is_4b_u(value)
            || varlena::varatt_is_1b(value) && !varlena::varatt_is_1b_e(value);
        is_in_place.then(|| varlena::varlena_to_byte_slice(value))
    }
}

/// Reads the content of a value that is aligned as PostgreSQL allocates it.
///
/// # Safety
/// The datum is one that [`bytes_of`] takes.
pub unsafe fn aligned_bytes_of<'a>(datum: Datum) -> &'a [u8] {
    // SAFETY: by the contract of this function.
    unsafe { varlena::varlena_to_byte_slice(pg_sys::pg_detoast_datum(datum.cast_mut_ptr())) }
}

/// Reads the TOAST pointer of a value that is stored out of line; `None` for any other value.
///
/// # Safety
/// The datum is of a type of variable length; the result lives in it.
pub unsafe fn toast_pointer<'a>(datum: Datum) -> Option<&'a [u8]> {
    // SAFETY: by the contract of this function; the header tells the length of the pointer.
    unsafe {
        let value = datum.cast_mut_ptr::<pg_sys::varlena>();
        let on_disk = pg_sys::vartag_external::VARTAG_ONDISK;
        (varlena::varatt_is_1b_e(value) && u32::from(varlena::vartag_external(value)) == on_disk)
            .then(|| {
                std::slice::from_raw_parts(value.cast::<u8>(), varlena::varsize_external(value))
            })
    }
}
