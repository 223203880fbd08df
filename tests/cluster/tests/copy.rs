//! Tests that the order in which rows were loaded does not change a model.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    io::{Read, Write},
};

use cluster_tests::Server;
use postgres::Client;

#[test]
fn rows_loaded_in_another_order_give_the_same_model() {
    let server = Server::get();
    let mut client = server.session();
    client
        .batch_execute(
            "DROP TABLE IF EXISTS written, loaded;
             CREATE TABLE written AS SELECT * FROM many WHERE customer_id <= 20000;
             CREATE TABLE loaded (LIKE written)",
        )
        .unwrap();
    let rows = copied_out(&mut client, "written");
    let mut lines: Vec<_> = rows.lines().collect();
    assert_eq!(lines.len(), 20_000);
    lines.sort_by_key(|line| hash(line));
    let mut writer = client.copy_in("COPY loaded FROM STDIN").unwrap();
    for line in lines {
        writeln!(writer, "{line}").unwrap();
    }
    assert_eq!(writer.finish().unwrap(), 20_000);
    assert_ne!(copied_out(&mut client, "loaded"), rows);
    assert_eq!(model(&mut client, "loaded"), model(&mut client, "written"));
}

fn hash(line: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    line.hash(&mut hasher);
    hasher.finish()
}

fn copied_out(client: &mut Client, table: &str) -> String {
    let mut rows = String::new();
    client.copy_out(&format!("COPY {table} TO STDOUT")).unwrap().read_to_string(&mut rows).unwrap();
    rows
}

/// Trains a model of all 30 features and returns its bytes.
fn model(client: &mut Client, table: &str) -> Vec<u8> {
    let name = format!("of_{table}");
    let query = format!("SELECT * FROM {table}");
    let options =
        r#"{"epochs": 10, "hidden_layers": [8], "exclude": ["customer_id", "true_segment"]}"#;
    let train = format!("SELECT * FROM train_model('{name}', '{query}', '{options}')");
    client.batch_execute(&train).unwrap();
    client.query_one("SELECT active_model($1)::bytea", &[&name]).unwrap().get(0)
}
