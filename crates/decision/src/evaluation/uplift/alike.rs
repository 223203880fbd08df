//! The common numbers of customers who can be counted: one weight, one inverse weight in each arm, and an
//! outcome of 0 or 1.

use serde::{Deserialize, Serialize};

use super::sums::{Row, Sums};
use crate::evaluation::score_counts::{Counts, KINDS};

/// The weight and the inverse weights of all customers so far.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Alike {
    weight: Option<f64>,
    /// The inverse weights of unexposed and exposed customers.
    inverses: [Option<f64>; 2],
}

impl Alike {
    /// The kind of a customer, by exposure and outcome; `None` if the customer differs from the others.
    #[inline]
    pub fn kind(&mut self, row: &Row) -> Option<u8> {
        let (arm, inverse) = (row.arm(), row.signed_inverse.abs());
        let engages = row.outcome == 1.0;
        let is_alike = (engages || row.outcome == 0.0)
            && is_common(&mut self.weight, row.weight)
            && is_common(&mut self.inverses[arm], inverse);
        is_alike.then_some(2 * arm as u8 + u8::from(engages))
    }

    /// Takes over the common numbers of another part; tells if the customers of both are alike.
    pub fn merge(&mut self, other: &Self) -> bool {
        let mut pairs = std::iter::zip(
            [&mut self.weight].into_iter().chain(&mut self.inverses),
            [other.weight].into_iter().chain(other.inverses),
        );
        pairs.all(|(own, other)| other.is_none_or(|other| is_common(own, other)))
    }

    /// The sums of customers of each kind.
    pub fn sums(&self, counts: Counts) -> Sums {
        let mut sums = Sums::default();
        for (kind, rows) in (0..KINDS).zip(counts).filter(|&(_, rows)| rows > 0) {
            sums.add_rows(&self.row(kind), rows);
        }
        sums
    }

    /// Tells if the numbers can be those of customers.
    pub fn is_sound(&self) -> bool {
        let mut numbers = [self.weight].into_iter().chain(self.inverses).flatten();
        numbers.all(|number| number > 0.0)
    }

    fn row(&self, kind: usize) -> Row {
        let arm = kind / 2;
        let inverse = self.inverses[arm].unwrap_or_default();
        Row {
            outcome: (kind % 2) as f64,
            weight: self.weight.unwrap_or_default(),
            signed_inverse: if arm == 1 { inverse } else { -inverse },
        }
    }
}

/// Tells if a number is the one that all have; the first that comes is.
#[inline]
fn is_common(common: &mut Option<f64>, number: f64) -> bool {
    *common.get_or_insert(number) == number
}
