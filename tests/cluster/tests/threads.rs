//! Tests that the threads of a training change neither the model nor the session's signals.

use std::{fs, thread, time::Duration};

use cluster_tests::{ROWS, Server, backend, training};
use postgres::Client;

const SHORT: &str = r#"{"epochs": 10, "hidden_layers": [16], "batch_size": 1024}"#;
const ENDLESS: &str = r#"{"epochs": 1000, "patience": 1000}"#;
const SIGNALS: usize = 64;

#[test]
fn the_model_is_the_same_with_any_number_of_threads() {
    let server = Server::get();
    let mut client = server.session();
    let model = training(ROWS, SHORT).replace(" IS NOT NULL", "::text");
    let mut with = |threads: u32| -> String {
        client.batch_execute(&format!("SET pg_intent.training_threads = {threads}")).unwrap();
        client.query_one(&model, &[]).expect("a model").get(0)
    };
    let alone = with(1);
    assert!(alone.len() > 1000);
    assert!([0, 2, 8].into_iter().all(|threads| with(threads) == alone));
}

#[test]
fn threads_block_every_signal_and_end_with_the_training() {
    if thread::available_parallelism().map_or(1, usize::from) < 2 {
        println!("skipped: one processor, so no thread is started");
        return;
    }
    let server = Server::get();
    let mut client = server.session();
    let process = backend(&mut client);
    for threads in [1, 2] {
        let timeout = "SET statement_timeout = '2 s'";
        let set = format!("{timeout}; SET pg_intent.training_threads = {threads}");
        client.batch_execute(&set).unwrap();
        let seen = thread::scope(|scope| {
            let end = scope.spawn(|| stopped(&mut client));
            thread::sleep(Duration::from_millis(1500));
            let seen = others(process);
            end.join().unwrap();
            seen
        });
        // One thread is the backend's own; more are those of a pool, while the backend's own waits.
        let expected = if threads == 1 { 0 } else { threads };
        assert_eq!(seen.len(), expected, "threads beside the backend's own");
        for blocked in seen {
            // SIGKILL and SIGSTOP cannot be blocked, and libc reserves two signals.
            assert!(blocked.count_ones() as usize >= SIGNALS - 4, "{blocked:x}");
        }
        assert!(others(process).is_empty(), "a thread outlived the training");
        // The backend still handles signals: the timeout below arrives as one.
        client.batch_execute("SET statement_timeout = 20").unwrap();
        client.batch_execute("SELECT pg_sleep(5)").expect_err("a timeout");
        client.batch_execute("SET statement_timeout = 0; SELECT 1").unwrap();
    }
}

fn stopped(client: &mut Client) {
    client.batch_execute(&training(ROWS, ENDLESS)).expect_err("a timeout");
}

/// Returns the blocked-signal mask of each thread of a process except its main thread.
fn others(process: i32) -> Vec<u64> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).expect("the server's processes");
    let names = threads.map(|thread| thread.expect("a thread").file_name());
    let others = names.filter(|name| *name != *process.to_string());
    others
        .filter_map(|name| {
            let path = format!("/proc/{process}/task/{}/status", name.display());
            let status = fs::read_to_string(path).ok()?;
            let mask = status.lines().find_map(|line| line.strip_prefix("SigBlk:"))?;
            u64::from_str_radix(mask.trim(), 16).ok()
        })
        .collect()
}
