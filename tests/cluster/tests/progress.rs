//! A training tells how far it is, not more often than every two seconds.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use cluster_tests::{ROWS, Server, training};
use postgres::{Client, NoTls};

const OPTIONS: &str = r#"{"epochs": 1000, "patience": 1000, "hidden_layers": [64]}"#;
const WATCHED: Duration = Duration::from_secs(7);

/// Each with the time since the session started.
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
        // A second of the two for a machine that hands the first notice over late.
        assert!(pair[1].0 - pair[0].0 > Duration::from_secs(1), "{lines:?}");
    }

    client.batch_execute("SET pg_intent.progress = off").unwrap();
    assert!(notices_of_a_training(&mut client, &notices).is_empty());
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

/// The notices of a training that is stopped after a while.
fn notices_of_a_training(client: &mut Client, notices: &Notices) -> Vec<(Duration, String)> {
    let timeout = format!("SET statement_timeout = {}", WATCHED.as_millis());
    client.batch_execute(&timeout).unwrap();
    client.batch_execute(&training(ROWS, OPTIONS)).expect_err("a timeout");
    std::mem::take(&mut notices.lock().unwrap())
}
