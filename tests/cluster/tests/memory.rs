//! Tests that a training releases its memory, whether it succeeded or was cancelled.

use std::time::Instant;

use cluster_tests::{Server, memory, random, stop_after, training};

const ROWS: u32 = 50_000;
const TRAININGS: usize = 50;
const OPTIONS: &str = r#"{"epochs": 10, "hidden_layers": [16], "batch_size": 1024}"#;

#[test]
fn trainings_of_one_session_leave_no_memory_behind() {
    let server = Server::get();
    let mut observer = server.session();
    let mut client = server.session();
    // Without workers, the session itself holds the rows, so their memory can be measured.
    client.batch_execute("SET max_parallel_workers_per_gather = 0").unwrap();
    let statement = training(ROWS, OPTIONS);
    let start = Instant::now();
    client.batch_execute(&statement).unwrap();
    let length = start.elapsed();

    let mut held = Vec::new();
    for number in 1..=TRAININGS {
        if number % 2 == 0 {
            let moment = length.mul_f64(random(&mut observer));
            // The training may end before a late cancel, which does not matter here.
            stop_after(&mut client, &statement, moment, &mut observer, "pg_cancel_backend");
        } else {
            client.batch_execute(&statement).expect("a training that nobody stops");
        }
        held.push(memory(&mut client) >> 20);
    }
    println!("MB held after each training: {held:?}");
    assert!(held[TRAININGS - 1] < held[4] + 10, "{held:?}");
}
