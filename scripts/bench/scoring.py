"""The cost of a score relative to reading its row, and to other means."""

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import psycopg
from backend import FEATURES, Backend
from report import MEGABYTE, progress, ratios, spread, table
from score_queries import QUERIES, in_turns, make_models, make_tables, seconds_of
from score_rivals import against_clients, against_python, plain_c

TITLE = "Scoring"
OTHER_WIDTHS = (8, 128)
CONNECTIONS = 30
CLIENT_COUNT, CLIENT_SECONDS = 16, 10
MAX_MODELS, ROWS_OF_MODEL = 1000, 100


def floors(backend, width, runs):
    """Returns one table line per query: its time divided by the same statement without a score."""
    measured = in_turns(
        backend, {q for query, floor, _ in QUERIES.values() for q in (query, floor)}, runs
    )
    lines = []
    for name, (query, floor, target) in QUERIES.items():
        ratio = ratios(measured[query], measured[floor])
        if width != FEATURES or target is None:
            verdict = ""
        else:
            verdict = f"≤ {target}: " + ("yes" if median(ratio) <= target else "NO")
        cells = [spread([1e3 * s for s in measured[q]], " ms") for q in (query, floor)]
        lines.append([name, str(width), *cells, spread(ratio), verdict])
        progress(f"scoring, {width} features: {name}: {spread(ratio)}")
    return lines


def two_workers(backend, runs):
    """Returns the time of one process divided by that of two workers, by run."""
    query = "SELECT sum(campaign_uplift(f, 'bench')) FROM bench_singles"
    one, two = [], []
    # The leader only collects, so that exactly two processes score.
    backend.execute("SET parallel_leader_participation = off")
    backend.execute("ALTER TABLE bench_singles SET (parallel_workers = 2)")
    for _ in range(runs + 1):
        backend.execute("SET max_parallel_workers_per_gather = 0")
        one.append(seconds_of(backend, query))
        backend.execute("SET max_parallel_workers_per_gather = 2")
        two.append(seconds_of(backend, query))
    backend.execute("SET max_parallel_workers_per_gather = 0")
    return ratios(one[1:], two[1:])


def first_call():
    """Returns the milliseconds by which a connection's first call exceeds its second."""
    query = "SELECT campaign_uplift(f, 'bench') FROM bench_singles WHERE id = 1"
    more = []
    for _ in range(CONNECTIONS):
        with psycopg.connect(autocommit=True) as connection:
            # This fills the catalog caches, whose cost is not the extension's.
            connection.execute("SELECT f[1] FROM bench_singles WHERE id = 1")
            taken = []
            for _ in range(2):
                began = time.perf_counter()
                connection.execute(query)
                taken.append(1e3 * (time.perf_counter() - began))
            more.append(taken[0] - taken[1])
    return more


def latencies(select, rows):
    """Returns the milliseconds of each look-up of one row by concurrent clients."""
    with tempfile.TemporaryDirectory() as directory:
        script = Path(directory, "script.sql")
        script.write_text(
            f"\\set id random(1, {min(rows, 100_000)})\nSELECT {select} FROM bench_singles WHERE id = :id;\n"
        )
        pgbench = Path(os.environ["PG_INTENT_BINDIR"], "pgbench")
        command = [pgbench, "-n", "-M", "prepared", "-f", script, "-l"]
        command += ["--log-prefix", Path(directory, "log"), "-c", str(CLIENT_COUNT), "-j", "2"]
        command += ["-T", str(CLIENT_SECONDS)]
        subprocess.run(command, check=True, capture_output=True)
        logs = [path.read_text() for path in Path(directory).glob("log*")]
    return [int(line.split()[2]) / 1e3 for log in logs for line in log.splitlines()]


JOINED = """SELECT sum({what}) FROM
            (SELECT id % {models} AS part, f FROM bench_singles WHERE id <= {rows}) s
            JOIN (SELECT * FROM bench_models WHERE model IS NOT NULL) m USING (part)"""


def joined(backend, models, rows, runs):
    """Returns the nanoseconds of a score without the join, where rows use `models` models in turns."""
    # Both statements read the model.
    score, floor, count = (
        JOINED.format(what=what, models=models, rows=rows)
        for what in (
            "campaign_uplift(f, model)",
            "CASE WHEN model IS NOT NULL THEN f[1] END",
            "1",
        )
    )
    ((scored,),) = backend.rows(count)
    measured = in_turns(backend, [score, floor], runs)
    return [1e9 * (run - least) / scored for run, least in zip(measured[score], measured[floor])]


def many_models(backend, models, rows):
    """Returns (models, bytes of one, peak memory before and after) of a process that uses them all."""
    options = {"ensemble": 1, "epochs": 10, "correction": "none", "on_failure": "null"}
    backend.execute("DROP TABLE IF EXISTS bench_models")
    backend.execute(
        f"""CREATE UNLOGGED TABLE bench_models AS
            SELECT id % {models} AS part, train_intent_model(f, y, '{json.dumps(options)}') AS model
            FROM bench_singles WHERE id <= {rows} GROUP BY 1"""
    )
    size, count = backend.rows(
        "SELECT avg(octet_length(model::bytea))::int, count(model) FROM bench_models"
    )[0]
    with Backend() as fresh:
        before = fresh.peak_memory()
        fresh.execute(
            f"""SELECT sum(campaign_uplift(f, model))
                FROM bench_singles s JOIN bench_models m ON m.part = s.id % {models}
                WHERE s.id <= {rows}"""
        )
        return count, size, before, fresh.peak_memory()


def write(report, options):
    with Backend() as backend:
        backend.execute("SET client_min_messages = error")
        others = []
        for width in OTHER_WIDTHS:
            others += measure_width(backend, width, options.rows // 5, options.runs)
        lines = measure_width(backend, FEATURES, options.rows, options.runs) + others
        in_c = plain_c(backend, options.runs)
        report.write(
            f"""\
{options.rows:,} rows of {FEATURES} features ({options.rows // 5:,} of the other widths), the default network, one process, no
JIT, in turns. The floor is the same statement without a score: `sum(f[1])`, `sum(f1)`, `count(r)` of the whole row, or
`CREATE TABLE AS SELECT id, y, f[1]`.""",
            table(["query", "features", "time", "floor", "÷ floor", "target"], lines),
            """\
What those ratios mean depends on the machine: the faster it reads a row, the larger is any score beside it. The same
network in plain C, with made-up numbers and nothing around it, for comparison; the last column is what the score itself
takes in pg_intent, beyond reading the row, divided by what it takes in C.""",
            table(
                ["`sum()` over `real[]`", "time", "÷ floor", "pg_intent's score ÷ this one"], in_c
            ),
        )
        rows = [
            *against_rivals(backend, options.runs),
            *single_rows(options.rows),
            *by_models(backend, options.rows, options.runs),
        ]
        report.write(table(["what", "measured", "target"], rows))


def measure_width(backend, width, rows, runs):
    """Makes the tables and models of that many features; returns the lines of `floors`."""
    make_tables(backend, width, rows)
    make_models(backend, width)
    return floors(backend, width, runs)


def judged(values, target, at_most=True):
    """Returns the target and whether the median meets it, as text."""
    middle = median(values)
    holds = middle <= target if at_most else middle >= target
    return f"{'≤' if at_most else '≥'} {target}: " + ("yes" if holds else "NO")


def against_rivals(backend, runs):
    """Returns the table lines about clients, PL/Python and parallel workers."""
    own, others = against_clients(backend, runs)
    against = ratios(own, others)
    python = against_python(backend, runs)
    workers = two_workers(backend, runs)
    return [
        [
            "`CREATE TABLE AS` ÷ scikit-learn: fetch, predict, write back",
            spread(against),
            judged(against, 0.15),
        ],
        ["of it seconds: pg_intent; scikit-learn", f"{spread(own)}; {spread(others)}", ""],
        [
            "`CREATE TABLE AS` ÷ PL/Python with numpy, in batches",
            spread(python) if python else "not measured: the server has none",
            judged(python, 0.1) if python else "≤ 0.1",
        ],
        ["one process ÷ two workers", spread(workers), judged(workers, 1.6, False)],
    ]


def single_rows(rows):
    """Returns the table lines about a connection's first call and about look-ups of one row."""
    first = first_call()
    lines = [
        ["first call of a connection, beyond the second", spread(first, " ms"), judged(first, 2)]
    ]
    for name, select in [("with a score", "campaign_uplift(f, 'bench')"), ("without", "f[1]")]:
        middle, tail = np.percentile(latencies(select, rows), [50, 99])
        cell = f"{middle:.2f} ms; {tail:.2f} ms"
        lines.append([f"one row, {CLIENT_COUNT} clients, {name}: p50; p99", cell, ""])
    return lines


def by_models(backend, rows, runs):
    """Returns the table lines about statements that use many models."""
    models = min(MAX_MODELS, max(rows // ROWS_OF_MODEL, 1))
    used = min(models * ROWS_OF_MODEL, rows)
    count, size, before, after = many_models(backend, models, used)
    one_model, all_models = (joined(backend, n, used, runs) for n in (1, models))
    return [
        [
            f"memory after {count:,} models of {size / 1024:.0f} kB in one statement",
            f"{before / MEGABYTE:.0f} MB before, {after / MEGABYTE:.0f} MB after",
            "",
        ],
        [
            "a score by a joined model's value, beyond the join: always the same",
            spread(one_model, " ns"),
            "",
        ],
        [f"the same, {count:,} in turns", spread(all_models, " ns"), ""],
    ]
