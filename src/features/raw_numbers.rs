//! Numbers as they lie in memory, with nothing converted.

use two_stage::column::Value;

use crate::pg::{Oid, oid};

/// Numbers without NULLs, side by side in memory.
#[derive(Clone, Copy)]
pub enum RawNumbers<'a> {
    Singles(&'a [[u8; 4]]),
    Doubles(&'a [[u8; 8]]),
}

impl<'a> RawNumbers<'a> {
    /// Takes the elements of an array; `None` if they are not floats, or have NULLs or more than one
    /// dimension.
    #[inline]
    pub fn of_array(content: &'a [u8]) -> Option<Self> {
        let (header, elements) = content.as_chunks().0.split_first_chunk()?;
        let [dimensions, nulls, element, length, _lower_bound] = header.map(i32::from_ne_bytes);
        if (dimensions, nulls) != (1, 0) {
            return None;
        }
        match Oid::from(element as u32) {
            oid::FLOAT4OID => elements.get(..length as usize).map(Self::Singles),
            oid::FLOAT8OID => {
                elements.as_flattened().as_chunks().0.get(..length as usize).map(Self::Doubles)
            }
            _ => None,
        }
    }

    #[inline]
    pub fn len(&self) -> usize {
        match self {
            Self::Singles(numbers) => numbers.len(),
            Self::Doubles(numbers) => numbers.len(),
        }
    }

    /// Returns the numbers as values of features.
    pub fn values(self) -> impl Iterator<Item = Value<'static>> {
        let (singles, doubles): (&[_], &[_]) = match self {
            Self::Singles(numbers) => (numbers, &[]),
            Self::Doubles(numbers) => (&[], numbers),
        };
        let singles = singles.iter().map(|&bytes| f32::from_ne_bytes(bytes).into());
        let doubles = doubles.iter().map(|&bytes| f64::from_ne_bytes(bytes));
        singles.chain(doubles).map(Value::number)
    }

    /// Returns the type of the numbers.
    #[inline]
    pub fn type_(&self) -> Oid {
        match self {
            Self::Singles(_) => oid::FLOAT4OID,
            Self::Doubles(_) => oid::FLOAT8OID,
        }
    }
}
