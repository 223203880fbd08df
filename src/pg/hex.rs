//! Hexadecimal digits, by PostgreSQL's own functions.

use pgrx::pg_sys;

use super::Failure;

/// Writes two digits for each byte.
pub fn encode(bytes: &[u8]) -> Vec<u8> {
    let mut digits = vec![0; 2 * bytes.len()];
    // SAFETY: `digits` has room for two digits of each byte.
    unsafe {
        let digits = digits.as_mut_ptr().cast();
        pg_sys::hex_encode(bytes.as_ptr().cast(), bytes.len(), digits);
    }
    digits
}

/// Reads hexadecimal digits; PostgreSQL raises an error for any other character.
pub fn decode(digits: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut bytes = vec![0; digits.len() / 2];
    // SAFETY: two digits make one byte; PostgreSQL skips blanks and refuses an odd number of digits.
    let length = unsafe {
        let bytes = bytes.as_mut_ptr().cast();
        pg_sys::hex_decode(digits.as_ptr().cast(), digits.len(), bytes)
    };
    if length != bytes.len() as u64 {
        return Err(Failure::internal("hexadecimal digits gave another number of bytes"));
    }
    Ok(bytes)
}
