//! Arrays of float8, read as they lie in memory.

use super::oid;

/// Reads the elements of an array of one dimension. Returns `None` if it has several, none, or elements
/// of another type.
#[inline]
pub fn doubles_of_array(content: &[u8]) -> Option<impl Iterator<Item = Option<f64>>> {
    // The offset of the elements counts from the header of the value, and is 0 without NULLs.
    const BITMAP: usize = size_of::<[u8; 4]>() + size_of::<[i32; 5]>();
    let (header, _) = content.as_chunks().0.split_first_chunk()?;
    let [dimensions, offset, type_, length, _lower_bound] = header.map(i32::from_ne_bytes);
    if dimensions != 1 || type_ as u32 != oid::FLOAT8OID.to_u32() {
        return None;
    }
    let nulls = if offset == 0 { 0 } else { usize::try_from(offset).ok()?.checked_sub(BITMAP)? };
    let (bitmap, elements) = content.get(size_of_val(header)..)?.split_at_checked(nulls)?;
    let mut numbers = elements.as_chunks().0.iter();
    Some((0..usize::try_from(length).ok()?).map(move |place| {
        // NULLs take no room.
        let has_value = bitmap.get(place / 8).is_none_or(|bits| bits >> (place % 8) & 1 == 1);
        if has_value { numbers.next().map(|&bytes| f64::from_ne_bytes(bytes)) } else { None }
    }))
}
