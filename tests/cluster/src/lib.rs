//! Helpers for the tests in `tests/`: sessions of the server that `scripts/with-server` started, and
//! trainings that last long enough to be stopped.

#![forbid(unsafe_code)]

use std::{
    env,
    sync::{Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use postgres::{Client, Config, Error, NoTls, error::SqlState};

/// The server, locked for one test at a time because the tests measure time and memory.
pub struct Server {
    config: Config,
    _alone: MutexGuard<'static, ()>,
}

static ALONE: Mutex<()> = Mutex::new(());

/// The number of rows of the table `many`.
pub const ROWS: u32 = 300_000;

impl Server {
    /// Locks the server that the environment names and creates the extension and the table `many`.
    ///
    /// # Panics
    /// Panics if the environment names no server: a test without a server must not pass.
    #[must_use]
    pub fn get() -> Self {
        // A failed test poisons the lock, but leaves no data that the next one reads.
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let server = Self { config: config("PGPORT"), _alone: alone };
        let setup = format!(
            "CREATE EXTENSION IF NOT EXISTS pg_intent;
             CREATE TABLE IF NOT EXISTS many AS SELECT * FROM simulate_customers({ROWS});
             ANALYZE many;"
        );
        server.session().batch_execute(&setup).expect("the extension and its rows");
        server
    }

    /// Opens a session that reports neither progress nor notices.
    #[must_use]
    pub fn session(&self) -> Client {
        let mut client = self.config.connect(NoTls).expect("a session");
        client
            .batch_execute("SET pg_intent.progress = off; SET client_min_messages = warning")
            .expect("settings");
        client
    }

    /// Opens a session of the hot standby that follows the server.
    ///
    /// # Panics
    /// Panics if the environment names no standby.
    #[must_use]
    pub fn standby(&self) -> Client {
        config("PG_INTENT_STANDBY_PORT").connect(NoTls).expect("a session of the standby")
    }

    /// Returns the connection parameters of the server.
    #[must_use]
    pub fn config(&self) -> Config {
        self.config.clone()
    }
}

/// Returns the connection parameters of the server whose port the environment variable `port` names.
fn config(port: &str) -> Config {
    let variable = |name| {
        env::var(name).unwrap_or_else(|_| {
            panic!(
                "{name} is not set: scripts/with-server --standby -- cargo test -p cluster-tests"
            )
        })
    };
    let mut config = Config::new();
    config
        .host(&variable("PGHOST"))
        .port(variable(port).parse().expect("a number"))
        .user(&variable("PGUSER"))
        .dbname(&variable("PGDATABASE"))
        .application_name("cluster-tests");
    config
}

/// Returns a query of features and labels over the first `rows` customers of `many`.
#[must_use]
pub fn training_query(rows: u32) -> String {
    format!(
        "SELECT recency, frequency, monetary, tenure, tier, app_user, email_opens, web_visits, \
         observed_segment, exposed FROM many WHERE customer_id <= {rows}"
    )
}

/// Returns a statement that trains on the first `rows` customers by the aggregate.
#[must_use]
pub fn training(rows: u32, options: &str) -> String {
    format!(
        "SELECT train_intent_model(f, q.observed_segment, q.exposed, '{options}') IS NOT NULL \
         FROM ({}) q, LATERAL (SELECT q.recency, q.frequency, q.monetary, q.tenure, q.tier, \
         q.app_user, q.email_opens, q.web_visits) f",
        training_query(rows)
    )
}

/// Returns a statement that trains on the first `rows` customers by `train_model`, saved as `name`.
#[must_use]
pub fn saved_training(name: &str, rows: u32, options: &str) -> String {
    format!("SELECT * FROM train_model('{name}', $q${}$q$, '{options}')", training_query(rows))
}

/// Returns the process id of a session's backend.
#[must_use]
pub fn backend(client: &mut Client) -> i32 {
    client.query_one("SELECT pg_backend_pid()", &[]).expect("a process id").get(0)
}

/// Returns the bytes of memory that are private to a session's backend.
///
/// The backend reads its own file in /proc, since the test may not be allowed to.
#[must_use]
pub fn memory(client: &mut Client) -> u64 {
    let read = r"SELECT substring(pg_read_file('/proc/self/status') FROM 'RssAnon:\s+(\d+) kB')";
    let kilobytes: String = client.query_one(read, &[]).expect("the status of a process").get(0);
    kilobytes.parse::<u64>().expect("a number of kB") * 1024
}

/// The outcome of a statement that another session stopped.
pub struct Stopped {
    /// The statement's own result.
    pub result: Result<(), Error>,
    /// The time from the stop to the statement's end, or `None` if it had ended before the stop.
    pub delay: Option<Duration>,
}

impl Stopped {
    /// Returns the SQLSTATE of the statement, or `None` if it succeeded.
    #[must_use]
    pub fn state(&self) -> Option<&SqlState> {
        self.result.as_ref().err().and_then(Error::code)
    }
}

/// Runs a statement and stops it from another session when it has run for `wait`.
///
/// `stop` names an SQL function of a process id, such as `pg_cancel_backend`.
pub fn stop_after(
    client: &mut Client,
    statement: &str,
    wait: Duration,
    observer: &mut Client,
    stop: &str,
) -> Stopped {
    let process = backend(client);
    let (end, ended) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(move || {
            let result = client.batch_execute(statement);
            // The receiver outlives this thread.
            let _ = end.send((result, Instant::now()));
        });
        // A stop that is sent before the statement starts would be lost.
        let running = "SELECT FROM pg_stat_activity WHERE pid = $1 AND state = 'active'";
        while observer.query(running, &[&process]).expect("the sessions").is_empty() {
            if let Ok((result, _)) = ended.try_recv() {
                return Stopped { result, delay: None };
            }
        }
        if let Ok((result, _)) = ended.recv_timeout(wait) {
            return Stopped { result, delay: None };
        }
        let sent = Instant::now();
        observer.query_one(&format!("SELECT {stop}($1)"), &[&process]).expect("sending the stop");
        let (result, end) = ended.recv().expect("the end of the statement");
        Stopped { result, delay: Some(end.saturating_duration_since(sent)) }
    })
}

/// Returns a random number from 0 to 1.
#[must_use]
pub fn random(client: &mut Client) -> f64 {
    client.query_one("SELECT random()", &[]).expect("a random number").get(0)
}
