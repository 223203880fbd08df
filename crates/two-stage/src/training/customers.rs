//! Customers with several rows (option `customer`): whose row it is, and how many there are.

use super::{errors::insufficient, rows::TrainingRows};
use crate::{
    Result,
    sample::{Customer, Sample},
    word::RowIndex,
};

/// Fewer customers carry no standard error.
const MIN_CUSTOMERS: u64 = 50;

/// Refuses a sample from which all rows had to go, because a single customer fills it.
pub(super) fn check_sample(sample: &Sample) -> Result<()> {
    match sample.sampled() {
        Some((0, rows)) => Err(insufficient(
            format!(
                "a single customer has more of the {rows} rows than the training's memory holds"
            ),
            "Allow the training more memory, or leave out option customer.",
        )),
        _ => Ok(()),
    }
}

/// Refuses so few customers that no standard error over them means anything.
pub(super) fn check_count(rows: &TrainingRows) -> Result<()> {
    match rows.customers() {
        Some(count) if count < MIN_CUSTOMERS => Err(insufficient(
            format!("{count} customers can be used, but {MIN_CUSTOMERS} are needed"),
            "Name a column that tells customers apart, or leave out option customer.",
        )),
        _ => Ok(()),
    }
}

impl TrainingRows<'_> {
    /// Tells if rows have customers.
    pub fn have_customers(&self) -> bool {
        self.sample.keeps_customers()
    }

    /// The number of customers, where rows have any.
    pub fn customers(&self) -> Option<u64> {
        self.have_customers().then(|| {
            let mut count = 0;
            self.draw(self.copies().map(|row| row.index), || count += 1);
            count
        })
    }

    /// Tells if many neighbours in the canonical order are copies of one row, or rows of one
    /// customer.
    pub fn have_alike_neighbours(&self) -> bool {
        let different = self.customers().map_or(self.distinct(), |customers| customers as usize);
        self.len() > different + different / 8
    }

    /// Draws a value for each customer, and gives it to each row of a list in the canonical order.
    pub fn draw<T: Copy>(
        &self,
        list: impl Iterator<Item = RowIndex>,
        mut draw: impl FnMut() -> T,
    ) -> Vec<T> {
        let mut last: Option<(Customer, T)> = None;
        let drawn = list.map(|row| {
            let customer = self.sample.row(row).customer();
            let known = last.filter(|(known, _)| customer == Some(*known));
            let value = known.map_or_else(&mut draw, |(_, value)| value);
            last = customer.map(|customer| (customer, value));
            value
        });
        drawn.collect()
    }
}
