//! A training can be stopped at any moment, and stops soon.

use std::{
    env,
    time::{Duration, Instant},
};

use cluster_tests::{ROWS, Server, backend, random, saved_training, stop_after, training};
use postgres::{Client, error::SqlState};

/// Long enough to be stopped at many moments, in all stages of the default correction.
const OPTIONS: &str = r#"{"epochs": 10, "hidden_layers": [16], "batch_size": 1024}"#;

/// So few that a training is by a committee.
const FEW_ROWS: u32 = 40_000;

/// The promise is 100 ms. The tests run on shared machines, where a second is still far below what
/// a training takes that does not listen.
const SOON: Duration = Duration::from_secs(1);

/// Without a stop it lasts several minutes.
const ENDLESS: &str = r#"{"epochs": 1000, "patience": 1000, "hidden_layers": [256, 256]}"#;

#[test]
fn a_cancelled_training_ends_soon() {
    let server = Server::get();
    let mut observer = server.session();
    let mut client = server.session();
    let name = format!("cancelled_{}", backend(&mut client));
    // One network by the aggregate; a committee, then distilled and saved, by train_model.
    let statements = [training(ROWS, OPTIONS), saved_training(&name, FEW_ROWS, OPTIONS)];
    let lengths = [0, 1].map(|which| duration(&mut client, &statements[which]));
    let wanted = env::var("PG_INTENT_CANCELS").map_or(20, |n| n.parse().expect("a number"));
    let mut delays = Vec::new();
    let (mut attempts, mut saved) = (0, 1);
    while delays.len() < wanted {
        attempts += 1;
        assert!(attempts <= 2 * wanted, "most trainings ended before they were cancelled");
        let saves = attempts % 2;
        let moment = lengths[saves].mul_f64(0.9 * random(&mut observer));
        let stopped =
            stop_after(&mut client, &statements[saves], moment, &mut observer, "pg_cancel_backend");
        match (&stopped.result, stopped.delay) {
            (Err(_), Some(delay)) => {
                assert_eq!(stopped.state(), Some(&SqlState::QUERY_CANCELED), "at {moment:?}");
                delays.push((delay, moment));
            }
            (Err(error), None) => panic!("failed by itself: {error}"),
            // The machine was faster than when the length was measured: it ended before the
            // cancel, or just as that came.
            (Ok(()), delay) => {
                assert!(
                    delay.is_none_or(|delay| delay < SOON / 10),
                    "cancelled at {moment:?}, ended {delay:?} later"
                );
                saved += saves;
            }
        }
    }
    report(&mut delays, lengths);
    assert!(delays.iter().all(|&(delay, _)| delay < SOON));
    assert_eq!(versions(&mut observer, &name), saved, "a cancelled training leaves no version");
}

fn duration(client: &mut Client, statement: &str) -> Duration {
    let start = Instant::now();
    client.batch_execute(statement).expect("a training that nobody stops");
    start.elapsed()
}

fn report(delays: &mut [(Duration, Duration)], lengths: [Duration; 2]) {
    delays.sort();
    let last = delays.len() - 1;
    println!("{} trainings of {lengths:.1?} cancelled at random moments:", delays.len());
    println!("  p50 {:.1?}, p95 {:.1?}", delays[last / 2].0, delays[last * 95 / 100].0);
    for (delay, moment) in delays.iter().rev().take(3) {
        println!("  among the worst: {delay:.1?}, cancelled {moment:.2?} after the start");
    }
}

fn versions(client: &mut Client, name: &str) -> usize {
    let query = "SELECT FROM intent_models WHERE name = $1";
    client.query(query, &[&name]).expect("the models").len()
}

#[test]
fn a_statement_timeout_ends_a_training() {
    let server = Server::get();
    let mut client = server.session();
    for milliseconds in [50, 400, 1500] {
        client.batch_execute(&format!("SET statement_timeout = {milliseconds}")).unwrap();
        let start = Instant::now();
        let error = client.batch_execute(&training(ROWS, ENDLESS)).expect_err("a timeout");
        let late = start.elapsed().saturating_sub(Duration::from_millis(milliseconds));
        assert_eq!(error.code(), Some(&SqlState::QUERY_CANCELED));
        println!("statement_timeout = {milliseconds} ms: {late:.1?} late");
        assert!(late < SOON, "{late:?} late");
    }
}

#[test]
fn a_terminated_session_ends_its_training_and_no_other() {
    let server = Server::get();
    let mut observer = server.session();
    let wanted = env::var("PG_INTENT_TERMINATIONS").map_or(12, |n| n.parse().expect("a number"));
    for _ in 0..wanted {
        // Mostly while threads train: they work on memory that a session frees as it ends.
        let wait = Duration::from_secs_f64(1.5 * random(&mut observer));
        let mut client = server.session();
        let process = backend(&mut client);
        let statement = training(ROWS, ENDLESS);
        let stopped =
            stop_after(&mut client, &statement, wait, &mut observer, "pg_terminate_backend");
        let delay = stopped.delay.expect("a training that lasts");
        assert_eq!(stopped.state(), Some(&SqlState::ADMIN_SHUTDOWN));
        println!("terminated after {wait:.1?}: {delay:.1?}");
        assert!(delay < SOON, "{delay:?}");
        // The observer's session would be gone as well, had the process died of it.
        assert!(gone(&mut observer, process), "process {process} is still there");
    }
}

/// Whether a session goes away, within a second.
fn gone(observer: &mut Client, process: i32) -> bool {
    let start = Instant::now();
    while start.elapsed() < SOON {
        let query = "SELECT FROM pg_stat_activity WHERE pid = $1";
        if observer.query(query, &[&process]).expect("the sessions").is_empty() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}
