//! The column that says whose row it is (option `customer`), and is no feature.

use two_stage::{column::Value, sample::Customer};

use super::scalar::{Number, Reader};
use crate::pg::{Failure, Oid, Scalar, SqlState};

/// Reads the customer of each row.
pub struct CustomerColumn {
    /// The place in the row or array, from 0.
    place: usize,
    /// The reader of texts, floats and dates, whose written form depends on settings or on padding.
    reader: Option<Reader>,
}

impl CustomerColumn {
    pub fn new(place: usize, declared: Oid) -> Self {
        let is_read = |reader: &Reader| match reader.number() {
            None => !matches!(reader, Reader::Numeric),
            Some(number) => {
                matches!(number, Number::Float4 | Number::Float8 | Number::Date | Number::Boolean)
            }
        };
        Self { place, reader: Reader::of_type(declared).filter(is_read) }
    }

    pub fn place(&self) -> usize {
        self.place
    }

    /// Returns the customer that a value names; `None` for NULL and NaN.
    pub fn read(&mut self, value: Option<Scalar>) -> Result<Option<Customer>, Failure> {
        let Some(value) = value else { return Ok(None) };
        let Some(reader) = &mut self.reader else {
            return Ok(Some(Customer::named(value.written())));
        };
        reader.prepare(value)?;
        Ok(match reader.read(value)? {
            Value::Missing => None,
            // Adding 0 makes one number of 0 and -0.
            Value::Number(number) => Some(Customer::named(&(number + 0.0).to_le_bytes())),
            Value::Category(text) => Some(Customer::named(text.as_bytes())),
        })
    }
}

/// Makes the error for a name that no column or element has. `features` says what the features are.
pub fn no_customer(name: &str, features: &str) -> Failure {
    Failure::new(
        SqlState::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("option \"customer\" names \"{name}\", which {features} does not have"),
    )
}
