//! The sums of rows with equal scores.

use serde::{Deserialize, Serialize};

use crate::evaluation::score_bins::BlockSums;

/// The rows of one class: their weights, and the squares of these.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Class {
    pub weight: f64,
    pub squares: f64,
}

/// The sums of some rows.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Sums {
    /// The rows that are not so, then those that are.
    pub classes: [Class; 2],
    pub rows: u64,
}

impl Sums {
    /// The weight of the rows.
    pub fn weight(&self) -> f64 {
        self.classes[0].weight + self.classes[1].weight
    }
}

impl BlockSums for Sums {
    /// The weight of a row, negative where it is not so.
    type Row = f64;

    fn add_row(&mut self, &signed: &f64) {
        let class = &mut self.classes[usize::from(signed > 0.0)];
        class.weight += signed.abs();
        class.squares += signed * signed;
        self.rows += 1;
    }

    fn add(&mut self, other: &Self) {
        for (class, more) in self.classes.iter_mut().zip(other.classes) {
            class.weight += more.weight;
            class.squares += more.squares;
        }
        self.rows += other.rows;
    }

    fn is_sound(&self) -> bool {
        let sizes = self.classes.iter().flat_map(|class| [class.weight, class.squares]);
        sizes.into_iter().all(|size| size >= 0.0 && size.is_finite()) && self.rows > 0
    }
}
