//! Tests that a training can be stopped at any moment and then ends soon.

use std::{
    env, fs,
    path::Path,
    time::{Duration, Instant},
};

use cluster_tests::{ROWS, Server, backend, random, saved_training, stop_after, training};
use postgres::{Client, Error, error::SqlState};

/// Options of a training that lasts long enough to be stopped in each stage of the correction.
const OPTIONS: &str = r#"{"epochs": 10, "hidden_layers": [16], "batch_size": 1024}"#;

/// So few rows that `train_model` trains a committee by default.
const FEW_ROWS: u32 = 40_000;

/// The longest time a stop may take. The product promises 100 ms, but tests run on busy machines;
/// a training that ignores a stop takes far longer than a second.
const SOON: Duration = Duration::from_secs(1);

/// Options of a training that lasts several minutes.
const ENDLESS: &str = r#"{"epochs": 1000, "patience": 1000, "hidden_layers": [256, 256]}"#;

#[test]
fn a_cancelled_training_ends_soon() {
    let server = Server::get();
    let mut observer = server.session();
    let mut client = server.session();
    let name = format!("cancelled_{}", backend(&mut client));
    // The aggregate trains one network; train_model trains a committee, then distils and saves it.
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
        let delay = cancel_after(&mut client, &statements[saves], moment, &mut observer);
        match delay {
            Some(delay) => delays.push((delay, moment)),
            None => saved += saves,
        }
    }
    report(&mut delays, lengths);
    assert!(delays.iter().all(|&(delay, _)| delay < SOON));
    assert_eq!(versions(&mut observer, &name), saved, "a cancelled training leaves no version");
}

/// Returns the time from the cancel to the end of the statement, or `None` if it succeeded.
fn cancel_after(
    client: &mut Client,
    statement: &str,
    moment: Duration,
    observer: &mut Client,
) -> Option<Duration> {
    let stopped = stop_after(client, statement, moment, observer, "pg_cancel_backend");
    match (&stopped.result, stopped.delay) {
        (Err(_), Some(delay)) => {
            assert_eq!(stopped.state(), Some(&SqlState::QUERY_CANCELED), "at {moment:?}");
            Some(delay)
        }
        (Err(error), None) => panic!("failed by itself: {error}"),
        // This run was faster than the measured one: it ended before the cancel or just then.
        (Ok(()), delay) => {
            assert!(
                delay.is_none_or(|delay| delay < SOON / 10),
                "cancelled at {moment:?}, ended {delay:?} later"
            );
            None
        }
    }
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
        // Most of these moments fall where threads use memory that the ending session frees.
        let wait = Duration::from_secs_f64(1.5 * random(&mut observer));
        let mut client = server.session();
        let process = backend(&mut client);
        let statement = training(ROWS, ENDLESS);
        let stopped =
            stop_after(&mut client, &statement, wait, &mut observer, "pg_terminate_backend");
        let delay = stopped.delay.expect("a training that lasts");
        // The client loses the error where it arrives with the end of the session; the server's log has it.
        let was_closed = stopped.result.as_ref().is_err_and(Error::is_closed);
        let by_shutdown = stopped.state() == Some(&SqlState::ADMIN_SHUTDOWN);
        assert!(by_shutdown || was_closed && logged_end(process), "{:?}", stopped.result);
        println!("terminated after {wait:.1?}: {delay:.1?}");
        assert!(delay < SOON, "{delay:?}");
        // A crash of that process would also have ended the observer's session.
        assert!(gone(&mut observer, process), "process {process} is still there");
    }
}

/// Tells if the server's log says that the session of `process` ended by an administrator's command.
fn logged_end(process: i32) -> bool {
    let data = env::var("PG_INTENT_DATA").expect("the directory of the server's data");
    let log = Path::new(&data).with_file_name("log");
    let end = format!("[{process}] FATAL:  terminating connection due to administrator command");
    fs::read_to_string(log).expect("the server's log").contains(&end)
}

/// Returns true once the session of `process` is gone, or false after a second.
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
