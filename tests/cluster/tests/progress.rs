//! Tests that a training reports its progress, at most every two seconds.

use std::{
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use cluster_tests::{ROWS, Server, backend, training};
use postgres::{Client, NoTls};

const OPTIONS: &str = r#"{"epochs": 1000, "patience": 1000, "hidden_layers": [64]}"#;
const WATCHED: Duration = Duration::from_secs(7);

/// The notices of a session, each with the time since the session started.
type Notices = Arc<Mutex<Vec<(Duration, String)>>>;

#[test]
fn progress_is_told_every_two_seconds() {
    let server = Server::get();
    let (mut client, notices) = listener(&server);
    let lines = notices_of_a_training(&mut client, &notices);
    for (at, line) in &lines {
        println!("{at:.1?} {line}");
    }
    assert!((2..=3).contains(&lines.len()), "{lines:?}");
    assert!(lines.iter().all(|(_, line)| line.starts_with("training: ")), "{lines:?}");
    for pair in lines.windows(2) {
        // Only one of the two seconds is demanded: a busy machine may deliver the first notice late.
        assert!(pair[1].0 - pair[0].0 > Duration::from_secs(1), "{lines:?}");
    }

    client.batch_execute("SET pg_intent.progress = off").unwrap();
    assert!(notices_of_a_training(&mut client, &notices).is_empty());
}

#[test]
fn another_session_sees_how_far_a_training_is() {
    let server = Server::get();
    let mut observer = server.session();
    for shows in [true, false] {
        let mut client = server.session();
        client.batch_execute(&format!("SET pg_intent.progress = {shows}")).unwrap();
        client.batch_execute("SET compute_query_id = on; SET statement_timeout = '4 s'").unwrap();
        let process = backend(&mut client);
        let statement = training(ROWS, OPTIONS);
        thread::scope(|scope| {
            let end = scope.spawn(|| client.batch_execute(&statement).expect_err("a timeout"));
            thread::sleep(Duration::from_secs(3));
            let (shown, query) = activity(&mut observer, process);
            println!("{}", shown.split("*/").next().unwrap_or_default());
            assert!(shown.ends_with(&statement), "{shown}");
            assert_eq!(shown.starts_with("/* pg_intent: "), shows, "{shown}");
            assert!(query.is_some_and(|query| query != 0), "the query is still known");
            end.join().unwrap();
        });
        // After a failure, the session shows the statement without the progress comment.
        assert_eq!(activity(&mut observer, process).0, statement);
    }
}

/// Returns the text and the query identifier of a session's statement.
fn activity(observer: &mut Client, process: i32) -> (String, Option<i64>) {
    let query = "SELECT query, query_id FROM pg_stat_activity WHERE pid = $1";
    let row = observer.query_one(query, &[&process]).expect("a session");
    (row.get(0), row.get(1))
}

fn listener(server: &Server) -> (Client, Notices) {
    let notices = Notices::default();
    let heard = Arc::clone(&notices);
    let start = Instant::now();
    let mut config = server.config();
    config.notice_callback(move |notice| {
        heard.lock().unwrap().push((start.elapsed(), notice.message().to_owned()));
    });
    (config.connect(NoTls).expect("a session"), notices)
}

/// Returns the notices of a training that a timeout stops.
fn notices_of_a_training(client: &mut Client, notices: &Notices) -> Vec<(Duration, String)> {
    let timeout = format!("SET statement_timeout = {}", WATCHED.as_millis());
    client.batch_execute(&timeout).unwrap();
    client.batch_execute(&training(ROWS, OPTIONS)).expect_err("a timeout");
    std::mem::take(&mut notices.lock().unwrap())
}
