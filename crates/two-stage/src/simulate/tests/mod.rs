//! Simulated customers agree with the reference simulator.

mod campaign;
mod reference;

use super::*;

const N: usize = 40_000;

fn customers(missing_rate: f64, exposed_share: f64, seed: u64) -> Vec<Customer> {
    let simulator = Simulator::new(missing_rate, exposed_share, seed).unwrap();
    (0..N as u64).map(|index| simulator.customer(index)).collect()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), v| (sum + v, count + 1.0));
    sum / count
}

fn share<'a>(customers: impl Iterator<Item = &'a Customer>, is: impl Fn(&Customer) -> bool) -> f64 {
    mean(customers.map(|customer| f64::from(is(customer))))
}

/// Within five standard errors; a little more for the reference's own error.
#[track_caller]
fn assert_near(what: &str, found: f64, expected: f64, standard_error: f64) {
    assert!(
        (found - expected).abs() <= 5.2 * standard_error + 1e-4,
        "{what}: {found}, reference {expected} ± {standard_error}"
    );
}

fn share_error(share: f64, n: f64) -> f64 {
    (share * (1.0 - share) / n).sqrt()
}
