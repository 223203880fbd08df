"""The statements whose scores are timed, and the tables and models that they use."""

import json
import time

from backend import FEATURES

TRAINED_ON = 20_000
"""The rows that the models train on."""
OPTIONS = {"ensemble": 1, "epochs": 10}

# name: (query, floor, largest allowed ratio with 32 features)
QUERIES = {
    "`sum(campaign_uplift(f))`, `real[]`": (
        "SELECT sum(campaign_uplift(f, 'bench')) FROM bench_singles",
        "SELECT sum(f[1]) FROM bench_singles",
        1.7,
    ),
    "the same, `float8[]`": (
        "SELECT sum(campaign_uplift(f, 'bench')) FROM bench_doubles",
        "SELECT sum(f[1]) FROM bench_doubles",
        2.0,
    ),
    "the same, a row of `real` columns": (
        "SELECT sum(campaign_uplift(r, 'bench_columns')) FROM bench_columns r",
        "SELECT sum(f1) FROM bench_columns r",
        2.5,
    ),
    "the same, beside a scan that makes the row": (
        "SELECT sum(campaign_uplift(r, 'bench_columns')) FROM bench_columns r",
        "SELECT count(r) FROM bench_columns r",
        None,
    ),
    "`CREATE TABLE AS` segment and intent": (
        """CREATE TEMPORARY TABLE bench_out AS
           SELECT id, segment_customer(f, 'bench') AS segment, campaign_intent(f, 'bench') AS intent FROM bench_singles""",
        "CREATE TEMPORARY TABLE bench_out AS SELECT id, y, f[1] FROM bench_singles",
        1.4,
    ),
}


def make_tables(backend, width, rows):
    """Copies `rows` of bench_rows with `width` features: as real[], as float8[], and as columns."""
    features = f"f[:{width}]"
    if width > FEATURES:
        noise = ", ".join(["random()"] * (width - FEATURES))
        features = f"f || ARRAY[{noise}]::real[]"
    columns = ", ".join(f"f[{i}] AS f{i}" for i in range(1, width + 1))
    tables = {
        "bench_singles": f"SELECT id, {features} AS f, y FROM bench_rows LIMIT {rows}",
        "bench_doubles": "SELECT id, f::float8[] AS f, y FROM bench_singles",
        "bench_columns": f"SELECT {columns} FROM bench_singles",
    }
    backend.execute(f"DROP TABLE IF EXISTS {', '.join(tables)}")
    for name, query in tables.items():
        backend.execute(f"CREATE UNLOGGED TABLE {name} AS {query}")
        backend.execute(f"VACUUM (FREEZE, ANALYZE) {name}")
    backend.execute("ALTER TABLE bench_singles ADD PRIMARY KEY (id)")


def make_models(backend, width):
    """Saves a model of the array and one of the columns."""
    options = json.dumps(OPTIONS)
    columns = ", ".join(f"s.f[{i}] AS f{i}" for i in range(1, width + 1))
    for name, features, source in [
        ("bench", "f", ""),
        ("bench_columns", "r", f", LATERAL (SELECT {columns}) r"),
    ]:
        backend.execute(
            f"""SELECT save_model('{name}', train_intent_model({features}, y, '{options}'))
                FROM (SELECT * FROM bench_singles LIMIT {TRAINED_ON}) s{source}"""
        )


def seconds_of(backend, query):
    """Runs a statement and returns its seconds."""
    backend.execute("DROP TABLE IF EXISTS bench_out")
    began = time.perf_counter()
    backend.execute(query)
    return time.perf_counter() - began


def in_turns(backend, queries, runs):
    """Runs the queries in turns; returns {query: seconds of each run}, without a first warm-up run."""
    measured = {query: [] for query in queries}
    for run in range(runs + 1):
        for query, seconds in measured.items():
            taken = seconds_of(backend, query)
            if run > 0:
                seconds.append(taken)
    return measured
