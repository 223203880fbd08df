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
    let mut whole = sample(&[], OPTIONS);
    for part in customers.chunks(700) {
        // As a parallel worker hands its state over.
        let mut sent = Vec::new();
        encode_sample(&sample(part, OPTIONS)).unwrap().write(|bytes| sent.extend_from_slice(bytes));
        whole.merge(decode_sample(&sent).unwrap()).unwrap();
    }
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

#[test]
fn the_number_of_threads_does_not_matter() {
    // Batches of one part and of several, the last of them shorter; one network and a committee.
    let trainings = [
        r#"{"epochs": 10, "hidden_layers": [8]}"#,
        r#"{"epochs": 10, "hidden_layers": [8], "batch_size": 1100}"#,
        r#"{"epochs": 10, "hidden_layers": [8], "ensemble": 2, "correction": "splc"}"#,
    ];
    let customers = customers();
    for options in trainings {
        let bytes = |threads| {
            let mut sample = sample(&customers, options);
            match train(&mut sample, &mut Threads(threads)).unwrap() {
                Outcome::Model(model) => encode_model(&model).unwrap(),
                other => panic!("no model: {other:?}"),
            }
        };
        let alone = bytes(1);
        assert!(bytes(2) == alone, "2 threads, {options}");
        assert!(bytes(8) == alone, "8 threads, {options}");
    }
}

/// Stops a training at a poll, as PostgreSQL's cancel does.
struct Stopping {
    polls: usize,
}

impl Observer for Stopping {
    fn poll(&mut self, _: &Progress) {
        self.polls = self
            .polls
            .checked_sub(1)
            .unwrap_or_else(|| std::panic::resume_unwind(Box::new("stop")));
    }

    fn threads(&self) -> usize {
        3
    }
}

#[test]
fn a_training_that_is_stopped_leaves_no_thread_and_changes_nothing() {
    let mut stopped = sample(&customers(), OPTIONS);
    for polls in [0, 20, 100, 250] {
        let stop = std::panic::AssertUnwindSafe(|| train(&mut stopped, &mut Stopping { polls }));
        let end = std::panic::catch_unwind(stop);
        let payload = end.err().and_then(|payload| payload.downcast_ref().copied());
        assert_eq!(payload, Some("stop"), "{polls}");
    }
    assert!(bytes(stopped) == bytes(sample(&customers(), OPTIONS)));
}
