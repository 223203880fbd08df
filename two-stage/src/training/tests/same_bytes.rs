//! The same rows, options and seed give the same bytes, however the rows came.

use super::*;
use crate::codec::{decode_sample, encode_model, encode_sample};

const OPTIONS: &str = r#"{"epochs": 10, "hidden_layers": [8]}"#;

fn customers() -> Vec<Customer> {
    Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 5 }.customers(0, 3000)
}

fn bytes(mut sample: Sample) -> Vec<u8> {
    match train(&mut sample, &mut Silent).unwrap() {
        Outcome::Model(model) => encode_model(&model).unwrap(),
        other => panic!("no model: {other:?}"),
    }
}

#[test]
fn the_order_of_the_rows_does_not_matter() {
    let mut customers = customers();
    let expected = bytes(sample(&customers, OPTIONS));
    customers.reverse();
    assert!(bytes(sample(&customers, OPTIONS)) == expected);
}

#[test]
fn partial_states_make_the_same_model() {
    let customers = customers();
    let expected = bytes(sample(&customers, OPTIONS));
    let mut parts = customers.chunks(700).map(|part| {
        // As a parallel worker hands its state over.
        decode_sample(&encode_sample(&sample(part, OPTIONS)).unwrap()).unwrap()
    });
    let mut whole = sample(&[], OPTIONS);
    parts.try_for_each(|part| whole.merge(part)).unwrap();
    assert!(bytes(whole) == expected);
}

#[test]
fn training_twice_gives_the_same_model() {
    let mut sample = sample(&customers(), OPTIONS);
    let first = train(&mut sample, &mut Silent).unwrap();
    let second = train(&mut sample, &mut Silent).unwrap();
    match (first, second) {
        (Outcome::Model(first), Outcome::Model(second)) => assert!(first == second),
        other => panic!("no model: {other:?}"),
    }
}
