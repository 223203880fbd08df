//! Plans with a sample of the customers hold on all of them, however often a row comes.

use two_stage::poll::Poll;

use super::{
    solve,
    tests::{Customer, applied, gathered},
};
use crate::evaluation::testing::Random;

const LIMIT: usize = 1 << 20;

/// Customers of different benefits below 4, and others that come often, mixed.
fn mixed(seed: u64, customers: usize, often: &[(usize, Customer)]) -> Vec<Customer> {
    let mut random = Random(seed);
    let mut rows: Vec<Customer> =
        (0..customers).map(|_| one(4.0 * random.uniform(), 1.0, 2)).collect();
    for (copies, row) in often {
        rows.extend(std::iter::repeat_n(row.clone(), *copies));
    }
    for place in (1..rows.len()).rev() {
        rows.swap(place, (random.uniform() * place as f64) as usize);
    }
    rows
}

fn one(benefit: f64, cost: f64, group: usize) -> Customer {
    (vec![Some(benefit)], vec![Some(cost)], group)
}

/// Plans with a sample; returns the cost on all rows, and that of the plan.
fn costs(rows: &[Customer], options: &str) -> (f64, f64) {
    let plan = solve(&mut gathered(rows, options, LIMIT), Poll::NEVER).unwrap().unwrap();
    assert_eq!(plan.rows, rows.len() as u64);
    assert!(plan.rows_used < plan.rows / 2, "{} of {}", plan.rows_used, plan.rows);
    (applied(rows, &plan).2, plan.cost)
}

fn near(cost: f64, expected: f64) {
    assert!((cost / expected - 1.0).abs() < 0.04, "{cost} instead of {expected}");
}

#[test]
fn customers_without_consent_change_no_sampled_plan() {
    let nobody = (vec![None], vec![None], 2);
    let mut sum = 0.0;
    for seed in 1..=6 {
        let rows = mixed(seed, 100_000, &[(100_000, nobody.clone())]);
        let (cost, planned) = costs(&rows, r#"{"budget": 20000}"#);
        // Three times the error of a sample in which a fifth is contacted.
        assert!((cost / 20_000.0 - 1.0).abs() < 0.066, "{cost} with seed {seed}");
        near(planned, 20_000.0);
        sum += cost;
    }
    near(sum / 6.0, 20_000.0);
}

#[test]
fn a_row_that_half_of_the_customers_share_is_planned_with_its_share() {
    let rows = mixed(1, 100_000, &[(100_000, one(5.0, 1.0, 2))]);
    let (cost, planned) = costs(&rows, r#"{"budget": 120000}"#);
    near(cost, 120_000.0);
    near(planned, 120_000.0);
    // They are contacted whole or not at all.
    let rows = mixed(1, 100_000, &[(100_000, one(2.0, 1.0, 2))]);
    let (cost, planned) = costs(&rows, r#"{"budget": 90000}"#);
    near(cost, 50_000.0);
    near(planned, 50_000.0);
}

#[test]
fn many_rows_that_come_often_are_planned_with_their_shares() {
    let often: Vec<_> = (0..60).map(|k| (2000, one(4.0 + f64::from(k), 1.0, 2))).collect();
    let rows = mixed(1, 80_000, &often);
    let (cost, planned) = costs(&rows, r#"{"budget": 61000}"#);
    near(cost, 60_000.0);
    near(planned, 60_000.0);
    let (cost, planned) = costs(&rows, r#"{"budget": 140000}"#);
    near(cost, 140_000.0);
    near(planned, 140_000.0);
}

#[test]
fn the_floor_of_a_sampled_plan_counts_customers_without_consent() {
    let nobody = (vec![None], vec![None], 0);
    let rows = mixed(1, 100_000, &[(30_000, nobody), (20_000, one(0.5, 1.0, 0))]);
    let options = r#"{"budget": 60000, "floors": {"a": 0.3}}"#;
    let plan = solve(&mut gathered(&rows, options, LIMIT), Poll::NEVER).unwrap().unwrap();
    assert_eq!(applied(&rows, &plan).1[0], 20_000.0);
    let options = r#"{"floors": {"a": 0.5}}"#;
    let error = solve(&mut gathered(&rows, options, LIMIT), Poll::NEVER).unwrap_err();
    assert!(
        error.hint.as_deref().unwrap().contains("Lower the floor to 0.4."),
        "{}",
        error.message
    );
}

#[test]
fn a_sample_with_rows_that_come_often_is_the_same_in_every_order() {
    let often = [(9000, one(5.0, 1.0, 0)), (4000, one(0.5, 1.0, 1)), (900, one(2.0, 0.5, 2))];
    let rows = mixed(1, 20_000, &often);
    let options = r#"{"budget": 9000, "caps": {"1": 15000}, "floors": {"b": 0.1}}"#;
    let planned = |parts: &[&[Customer]]| {
        let mut states = parts.iter().map(|rows| gathered(rows, options, 1 << 17));
        let mut first = states.next().unwrap();
        states.for_each(|state| first.merge(state).unwrap());
        format!("{:?}", solve(&mut first, Poll::NEVER))
    };
    let whole = planned(&[&rows]);
    let mut sorted = rows.clone();
    sorted.sort_by(|a, b| a.0[0].unwrap().total_cmp(&b.0[0].unwrap()));
    assert_eq!(planned(&[&sorted]), whole);
    sorted.reverse();
    for cuts in [[100, 200], [5000, 30_000], [12_000, 20_000], [9_000, 13_900]] {
        let (first, others) = sorted.split_at(cuts[0]);
        let (second, third) = others.split_at(cuts[1] - cuts[0]);
        assert_eq!(planned(&[first, second, third]), whole, "{cuts:?}");
        assert_eq!(planned(&[third, first, second]), whole, "{cuts:?}");
    }
    let mut twice = gathered(&rows, options, 1 << 17);
    assert_eq!(format!("{:?}", solve(&mut twice, Poll::NEVER)), whole);
    assert_eq!(format!("{:?}", solve(&mut twice, Poll::NEVER)), whole, "planned twice");
}
