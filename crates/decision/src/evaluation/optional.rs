//! The rules of weights and chances, which a row may give or not.

use serde::{Deserialize, Serialize};
use two_stage::{Error, ErrorKind, Result};

/// The weight of a row: 1 where none is given. A row of weight 0 is left out.
#[inline]
pub(super) fn weight(given: Option<f64>) -> Result<f64> {
    match given {
        None => Ok(1.0),
        Some(weight) if weight >= 0.0 && weight.is_finite() => Ok(weight),
        Some(weight) => Err(Error::new(
            ErrorKind::InvalidParameter,
            format!("a row has weight {weight}, but a weight is a finite number of at least 0"),
        )
        .with_hint("Use 0 to leave a row out, or NULL for a weight of 1.")),
    }
}

/// A chance that all rows give, or none.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct Chances {
    given: u64,
    missing: u64,
}

impl Chances {
    /// Reads the chance of a row, named so in errors; 1 where none is given.
    #[inline]
    pub fn read(&mut self, chance: Option<f64>, name: &str) -> Result<f64> {
        match chance {
            None => self.missing += 1,
            Some(chance) if chance > 0.0 && chance < 1.0 => self.given += 1,
            Some(chance) => {
                return Err(Error::new(
                    ErrorKind::InvalidParameter,
                    format!("a row has {name} {chance}, which is not between 0 and 1"),
                )
                .with_hint(format!("Pass a {name} above 0 and below 1.")));
            }
        }
        self.check(name)?;
        Ok(chance.unwrap_or(1.0))
    }

    /// Adds the rows of another state.
    pub fn merge(&mut self, other: Self, name: &str) -> Result<()> {
        self.given += other.given;
        self.missing += other.missing;
        self.check(name)
    }

    /// The number of rows.
    pub fn rows(self) -> u64 {
        self.given + self.missing
    }

    /// Tells if the chances are given.
    pub fn is_given(self) -> bool {
        self.given > 0
    }

    #[inline]
    fn check(self, name: &str) -> Result<()> {
        if self.given == 0 || self.missing == 0 {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::NullValue,
            format!("{name} is NULL in some rows, but not in all"),
        )
        .with_hint(format!("Pass the {name} of every row, or NULL for all of them.")))
    }
}
