//! The 32-bit words that rows are stored as, and the index of a row.

use crate::{
    Error, ErrorKind, Result,
    column::{Column, Kind},
};

/// One field of a row: the bits of an f32 (NaN = missing), or the code of a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Word(u32);

impl Word {
    /// A number that is missing.
    pub const MISSING_NUMBER: Self = Self(f32::NAN.to_bits());
    /// A category that is missing.
    pub const MISSING_CATEGORY: Self = Self(u32::MAX);

    /// The word of an f32 as it stands.
    pub fn of_f32(number: f32) -> Self {
        Self(number.to_bits())
    }

    /// The word of a finite number or NaN: -0 becomes 0, and a number beyond f32's range the
    /// nearest one within it.
    pub fn of_f64(number: f64) -> Self {
        Self::of_f32(nearest_f32(number))
    }

    /// The number of a numeric column; NaN where it is missing.
    pub fn number(self) -> f32 {
        f32::from_bits(self.0)
    }

    /// The word of a category's code, or of another small integer.
    pub fn of_code(code: u32) -> Self {
        Self(code)
    }

    /// The code of a category column, as an index; past every category where it is missing.
    pub fn code(self) -> usize {
        self.0 as usize
    }

    /// The bits.
    pub fn bits(self) -> u32 {
        self.0
    }

    /// The bytes, little-endian.
    pub fn to_le_bytes(self) -> [u8; 4] {
        self.0.to_le_bytes()
    }

    /// The word of these bytes.
    pub fn from_le_bytes(bytes: [u8; 4]) -> Self {
        Self(u32::from_le_bytes(bytes))
    }
}

/// The index of a distinct row in a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowIndex(u32);

impl RowIndex {
    /// A sample's buffer ends far below 2^32 rows.
    pub fn new(index: usize) -> Self {
        Self(index as u32)
    }

    /// The index of an element in a list with one element for each row.
    pub fn get(self) -> usize {
        self.0 as usize
    }
}

/// The nearest f32, also for a number beyond its range; NaN stays NaN, and -0 becomes 0.
pub(crate) fn nearest_f32(number: f64) -> f32 {
    (number as f32).clamp(f32::MIN, f32::MAX) + 0.0
}

/// The word of a feature's value. An infinite date counts as missing; an infinite number is refused
/// by the feature's name.
pub(crate) fn number_word(number: f64, column: &Column) -> Result<Word> {
    if number.is_nan() || (number.is_infinite() && column.kind == Kind::Date) {
        return Ok(Word::MISSING_NUMBER);
    }
    if number.is_infinite() {
        let (name, sign) = (&column.name, if number < 0.0 { "-" } else { "" });
        return Err(Error::new(
            ErrorKind::ValueOutOfRange,
            format!("feature \"{name}\" is {sign}infinity"),
        )
        .with_hint("Give a finite number, or NULL where the value is missing."));
    }
    Ok(Word::of_f64(number))
}
