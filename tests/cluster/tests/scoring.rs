//! Tests of scoring by a model's name with several sessions or servers.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use cluster_tests::{Server, memory};
use postgres::Client;

const OPTIONS: &str = r#"{"epochs": 10, "hidden_layers": [8], "ensemble": 1}"#;
const FEATURES: &str = "recency, frequency, tenure, observed_segment, exposed";

/// Trains the next version of the model `name` with the given seed.
fn save(client: &mut Client, name: &str, seed: i32) {
    let train = format!(
        "SELECT * FROM train_model('{name}', 'SELECT {FEATURES} FROM many WHERE customer_id <= 5000', \
         '{OPTIONS}'::jsonb || '{{\"seed\": {seed}}}')"
    );
    client.batch_execute(&train).unwrap();
}

fn numbers(client: &mut Client, query: &str) -> Vec<f64> {
    client.query(query, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

fn of_version(client: &mut Client, name: &str, version: i32, rows: i32) -> Vec<f64> {
    let query = format!(
        "SELECT campaign_uplift(m, v.model) FROM many m, intent_models v \
         WHERE v.name = '{name}' AND v.version = {version} AND customer_id <= {rows} ORDER BY customer_id"
    );
    numbers(client, &query)
}

#[test]
fn a_statement_uses_one_version_throughout() {
    let server = Server::get();
    let (mut client, mut other) = (server.session(), server.session());
    save(&mut other, "live", 1);
    save(&mut other, "live", 2);
    let first = of_version(&mut client, "live", 1, 2000);
    let second = of_version(&mut client, "live", 2, 2000);
    assert_ne!(first, second);
    other.batch_execute("SELECT activate_model('live', 1)").unwrap();
    let mut transaction = client.transaction().unwrap();
    transaction
        .batch_execute(
            "DECLARE scores CURSOR FOR SELECT campaign_uplift(m, 'live') FROM many m \
             WHERE customer_id <= 2000 ORDER BY customer_id",
        )
        .unwrap();
    let mut fetch = |count: &str| -> Vec<f64> {
        let rows = transaction.query(&format!("FETCH {count} FROM scores"), &[]).unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    };
    let mut scores = fetch("500");
    other.batch_execute("SELECT activate_model('live', 2)").unwrap();
    scores.extend(fetch("500"));
    other.batch_execute("SELECT drop_model('live', 1)").unwrap();
    scores.extend(fetch("ALL"));
    assert_eq!(scores, first);
    // The next statement of a READ COMMITTED transaction uses the version that is active now.
    let now = "SELECT campaign_uplift(m, 'live') FROM many m WHERE customer_id <= 2000 ORDER BY customer_id";
    let rows = transaction.query(now, &[]).unwrap();
    assert_eq!(rows.iter().map(|row| row.get(0)).collect::<Vec<f64>>(), second);
}

#[test]
fn a_repeatable_read_transaction_uses_one_version_throughout() {
    let server = Server::get();
    let (mut client, mut other) = (server.session(), server.session());
    save(&mut other, "steady", 1);
    let query = "SELECT campaign_uplift(m, 'steady') FROM many m WHERE customer_id <= 100 ORDER BY customer_id";
    client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ").unwrap();
    let before = numbers(&mut client, query);
    save(&mut other, "steady", 2);
    assert_eq!(numbers(&mut client, query), before);
    // The transaction keeps its version even after it has written something itself.
    client.batch_execute("CREATE TEMP TABLE written AS SELECT 1").unwrap();
    assert_eq!(numbers(&mut client, query), before);
    client.batch_execute("COMMIT").unwrap();
    assert_ne!(numbers(&mut client, query), before);
}

#[test]
fn a_standby_scores_as_its_server_does() {
    let server = Server::get();
    let (mut client, mut standby) = (server.session(), server.standby());
    save(&mut client, "copied", 1);
    let query = "SELECT campaign_uplift(m, 'copied') FROM many m WHERE customer_id <= 2000 ORDER BY customer_id";
    let scores = numbers(&mut client, query);
    follow(&mut client, &mut standby);
    let recovering: bool = standby.query_one("SELECT pg_is_in_recovery()", &[]).unwrap().get(0);
    assert!(recovering);
    assert_eq!(numbers(&mut standby, query), scores);
    let reasons = "SELECT sum(contribution) FROM explain_customer((SELECT m FROM many m WHERE customer_id = 1), 'copied')";
    assert_eq!(numbers(&mut standby, reasons), numbers(&mut client, reasons));
    let chosen = "SELECT coalesce((recommend_campaign(m, ARRAY['copied'], '{10}', '{1}')).expected_value, 0) FROM many m WHERE customer_id <= 200 ORDER BY customer_id";
    assert_eq!(numbers(&mut standby, chosen), numbers(&mut client, chosen));
    // A session of the standby that has used the old version must switch to the new one.
    save(&mut client, "copied", 2);
    let scores = numbers(&mut client, query);
    follow(&mut client, &mut standby);
    assert_eq!(numbers(&mut standby, query), scores);
}

/// Waits until the standby has replayed all changes of the server.
///
/// An asynchronous commit may not be flushed yet, so this compares the insert position.
fn follow(client: &mut Client, standby: &mut Client) {
    let query = "SELECT pg_current_wal_insert_lsn()::text";
    let here: String = client.query_one(query, &[]).unwrap().get(0);
    let start = Instant::now();
    let replayed = format!("SELECT pg_last_wal_replay_lsn() >= '{here}'::pg_lsn");
    while !standby.query_one(&replayed, &[]).unwrap().get::<_, bool>(0) {
        assert!(start.elapsed() < Duration::from_secs(60), "the standby does not follow");
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_thousand_models_take_bounded_memory() {
    let server = Server::get();
    let mut client = server.session();
    client
        .batch_execute(
            r#"SET max_parallel_workers_per_gather = 0;
            DROP TABLE IF EXISTS models_of_parts;
            CREATE TABLE models_of_parts AS
            SELECT customer_id % 1000 AS part, train_intent_model(ARRAY[recency, frequency, tenure], observed_segment,
                '{"epochs": 10, "ensemble": 1, "correction": "none", "hidden_layers": [64, 32]}') AS model
            FROM many WHERE customer_id <= 100000 GROUP BY 1"#,
        )
        .unwrap();
    let mut client = server.session();
    let score = "SELECT count(*) FROM many JOIN models_of_parts ON part = customer_id % 1000 \
                 WHERE customer_id <= 20000 AND campaign_uplift(ARRAY[recency, frequency, tenure], model) >= 0";
    let mut held = Vec::new();
    for _ in 0..4 {
        let scored: i64 = client.query_one(score, &[]).unwrap().get(0);
        assert_eq!(scored, 20_000);
        held.push(memory(&mut client) >> 20);
    }
    println!("MB held after scoring with 1,000 models: {held:?}");
    assert!(held.iter().all(|&megabytes| megabytes < 200), "{held:?}");
    assert!(held[3] < held[1] + 10, "{held:?}");
}
