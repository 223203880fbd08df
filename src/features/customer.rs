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
    is_numeric: bool,
}

impl CustomerColumn {
    pub fn new(place: usize, declared: Oid) -> Self {
        let is_read = |reader: &Reader| match reader.number() {
            None => !matches!(reader, Reader::Numeric),
            Some(number) => {
                matches!(number, Number::Float4 | Number::Float8 | Number::Date | Number::Boolean)
            }
        };
        let reader = Reader::of_type(declared);
        let is_numeric = matches!(reader, Some(Reader::Numeric));
        Self { place, reader: reader.filter(is_read), is_numeric }
    }

    pub fn place(&self) -> usize {
        self.place
    }

    /// Returns the customer that a value names; `None` for NULL and NaN.
    pub fn read(&mut self, value: Option<Scalar>) -> Result<Option<Customer>, Failure> {
        let Some(value) = value else { return Ok(None) };
        let Some(reader) = &mut self.reader else {
            let written = value.written();
            let name = if self.is_numeric { shortest_numeric(written) } else { Some(written) };
            return Ok(name.map(Customer::named));
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

/// Cuts the zeros behind the point off, which make no other number; `None` for NaN.
fn shortest_numeric(written: &[u8]) -> Option<&[u8]> {
    if written == b"NaN" {
        return None;
    }
    let Some(point) = written.iter().position(|&byte| byte == b'.') else { return Some(written) };
    let end = written.iter().rposition(|&byte| byte != b'0').map_or(0, |last| last + 1);
    Some(&written[..end.max(point)]).map(|name| name.strip_suffix(b".").unwrap_or(name))
}

/// Makes the error for a name that no column or element has. `features` says what the features are.
pub fn no_customer(name: &str, features: &str) -> Failure {
    Failure::new(
        SqlState::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("option \"customer\" names \"{name}\", which {features} does not have"),
    )
}
