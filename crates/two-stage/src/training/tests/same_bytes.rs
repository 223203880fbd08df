//! Equal rows, options and seed give the same bytes, in whichever order and parts the rows come.

use super::*;
use crate::codec::{decode_state, encode_state};

const OPTIONS: &str = r#"{"epochs": 10, "hidden_layers": [8]}"#;

fn customers() -> Vec<Customer> {
    Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 5 }.customers(0, 3000)
}

fn bytes(customers: &[Customer], options: &str, threads: usize) -> Vec<u8> {
    let outcome = Training::on(customers, options).run_with(&mut Threads(threads)).unwrap();
    encode_model(&testing::model(outcome)).unwrap()
}

#[test]
fn the_order_of_the_rows_does_not_matter() {
    let mut customers = customers();
    let expected = bytes(&customers, OPTIONS, 1);
    customers.reverse();
    assert!(bytes(&customers, OPTIONS, 1) == expected);
}

#[test]
fn partial_states_make_the_same_model() {
    let customers = customers();
    let mut whole = Training::on(&[], OPTIONS);
    for part in customers.chunks(700) {
        // A parallel worker sends its rows like this.
        let Training { sample, options } = Training::on(part, OPTIONS);
        let mut sent = Vec::new();
        encode_state(&options, &sample).unwrap().write(|bytes| sent.extend_from_slice(bytes));
        let (options, partial) = decode_state(&sent).unwrap();
        whole.options.require_same(&options).unwrap();
        whole.sample.merge(partial).unwrap();
    }
    assert!(whole.bytes() == bytes(&customers, OPTIONS, 1));
}

#[test]
fn training_twice_gives_the_same_model() {
    let mut training = Training::on(&customers(), OPTIONS);
    assert!(training.bytes() == training.bytes());
}

#[test]
fn the_number_of_threads_does_not_matter() {
    // Batches of one part and of several, the last of them shorter; one network and a committee.
    let trainings = [
        OPTIONS,
        r#"{"epochs": 10, "hidden_layers": [8], "batch_size": 1100}"#,
        r#"{"epochs": 10, "hidden_layers": [8], "ensemble": 2, "correction": "splc"}"#,
        r#"{"epochs": 10, "hidden_layers": [8], "ensemble": 2}"#,
    ];
    let customers = customers();
    for options in trainings {
        let alone = bytes(&customers, options, 1);
        assert!(bytes(&customers, options, 2) == alone, "2 threads, {options}");
        assert!(bytes(&customers, options, 8) == alone, "8 threads, {options}");
    }
}

/// Unwinds out of a training after this many reports of progress, as PostgreSQL's cancel does.
struct Stopping {
    reports: usize,
}

impl Observer for Stopping {
    fn progress(&mut self, _: &Progress) {
        self.reports = self
            .reports
            .checked_sub(1)
            .unwrap_or_else(|| std::panic::resume_unwind(Box::new("stop")));
    }

    fn threads(&self) -> usize {
        3
    }
}

#[test]
fn a_training_that_is_stopped_leaves_no_thread_and_changes_nothing() {
    let mut stopped = Training::on(&customers(), OPTIONS);
    for reports in [0, 20, 50] {
        let stop = std::panic::AssertUnwindSafe(|| stopped.run_with(&mut Stopping { reports }));
        let end = std::panic::catch_unwind(stop);
        let payload = end.err().and_then(|payload| payload.downcast_ref().copied());
        assert_eq!(payload, Some("stop"), "{reports}");
    }
    assert!(stopped.bytes() == bytes(&customers(), OPTIONS, 1));
}
