//! Standard errors: each row's influence on an estimate, summed over the rows of a customer before
//! it is squared.

use super::rows::TrainingRows;
use crate::{sample::Customer, word::RowIndex};

/// Sums of influences on some estimates.
pub(super) struct Influences<'a> {
    rows: &'a TrainingRows<'a>,
    /// The customer of the row that was added last.
    customer: Option<Customer>,
    /// That customer's sums so far, of each estimate.
    sums: Vec<f64>,
    /// The squared sums of the customers before.
    squares: Vec<f64>,
}

impl<'a> Influences<'a> {
    pub fn new(rows: &'a TrainingRows<'a>, estimates: usize) -> Self {
        let zeros = || vec![0.0; estimates];
        Self { rows, customer: None, sums: zeros(), squares: zeros() }
    }

    /// Adds the influence of one copy of a row on each estimate. Rows come in the canonical order, in
    /// which those of a customer stand together.
    pub fn add(&mut self, row: RowIndex, influences: impl Iterator<Item = f64>) {
        let customer = self.rows.sample.row(row).customer();
        if customer.is_none() || customer != self.customer {
            self.close();
            self.customer = customer;
        }
        self.sums.iter_mut().zip(influences).for_each(|(sum, influence)| *sum += influence);
    }

    /// The standard error of each estimate.
    pub fn errors(mut self) -> Vec<f64> {
        self.close();
        self.squares.into_iter().map(f64::sqrt).collect()
    }

    fn close(&mut self) {
        for (square, sum) in self.squares.iter_mut().zip(&mut self.sums) {
            *square += *sum * *sum;
            *sum = 0.0;
        }
    }
}

/// The standard error of an estimate from some rows in any order, of which `independent` is the error
/// if each row is a customer of its own.
pub(super) fn error_over_customers(
    rows: &TrainingRows,
    independent: f64,
    influences: impl Iterator<Item = (RowIndex, f64)>,
) -> f64 {
    if !rows.have_customers() {
        return independent;
    }
    let mut list: Vec<(RowIndex, f64)> = influences.collect();
    list.sort_by_key(|(row, _)| *row);
    let mut sums = Influences::new(rows, 1);
    for (row, influence) in rows.poll().each(list.into_iter()) {
        sums.add(row, std::iter::once(influence));
    }
    sums.errors()[0]
}
