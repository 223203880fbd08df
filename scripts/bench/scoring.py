"""What a score costs beside reading the row it is about, and beside clients that fetch the rows."""

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import psycopg
from clients import Preparation, fetch
from report import progress, ratios, spread, table
from server import FEATURES, Backend

TITLE = "Scoring"
OTHER_WIDTHS = (8, 128)
TRAINED_ON = 20_000
OPTIONS = {"ensemble": 1, "epochs": 10}
CONNECTIONS = 30
CLIENT_COUNT, CLIENT_SECONDS = 16, 10
MODELS, ROWS_OF_MODEL = 1000, 100
MEGABYTE = 1024 * 1024

# name: (query, floor, target of the ratio with 32 features)
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
    """bench_rows with another number of features: as real[], as float8[], and as columns."""
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
    backend.execute("DROP TABLE IF EXISTS bench_out")
    began = time.perf_counter()
    backend.execute(query)
    return time.perf_counter() - began


def in_turns(backend, queries, runs):
    """{query: seconds of each run}, after one run that nobody counts."""
    measured = {query: [] for query in queries}
    for run in range(runs + 1):
        for query, seconds in measured.items():
            taken = seconds_of(backend, query)
            if run > 0:
                seconds.append(taken)
    return measured


def floors(backend, width, runs):
    measured = in_turns(backend, {q for query, floor, _ in QUERIES.values() for q in (query, floor)}, runs)
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


# The flags: as PostgreSQL compiles extensions, and all that a compiler can do for this processor alone.
PLAIN_C = {"plain_c": ["-O2"], "plain_c_native": ["-O3", "-march=native", "-ffast-math"]}


def plain_c(backend, runs):
    """Lines of the table for the same network in C."""
    headers = subprocess.run(
        [os.environ["PG_CONFIG"], "--includedir-server"], check=True, capture_output=True, text=True
    ).stdout.strip()
    # Beside the server's data, where its user can read it.
    directory = Path(os.environ["PG_INTENT_DATA"]).parent
    source = Path(__file__).with_name("plain.c")
    for name, flags in PLAIN_C.items():
        library = directory / f"{name}.so"
        command = ["cc", *flags, "-fPIC", "-shared", "-I", headers, "-o", library, source, "-lm"]
        subprocess.run(command, check=True)
        library.chmod(0o755)
        backend.execute(
            f"""CREATE OR REPLACE FUNCTION {name}(real[]) RETURNS float8
                AS '{library}', 'plain_uplift' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100"""
        )
    own, floor, _ = QUERIES["`sum(campaign_uplift(f))`, `real[]`"]
    queries = {name: f"SELECT sum({name}(f)) FROM bench_singles" for name in PLAIN_C}
    measured = in_turns(backend, [own, floor, *queries.values()], runs)
    scores = [run - least for run, least in zip(measured[own], measured[floor])]
    lines = []
    for name, query in queries.items():
        others = [run - least for run, least in zip(measured[query], measured[floor])]
        lines.append(
            [
                f"the same network in C, `{' '.join(PLAIN_C[name])}`",
                spread([1e3 * s for s in measured[query]], " ms"),
                spread(ratios(measured[query], measured[floor])),
                spread(ratios(scores, others)),
            ]
        )
    return lines


def two_workers(backend, runs):
    query = "SELECT sum(campaign_uplift(f, 'bench')) FROM bench_singles"
    one, two = [], []
    # Two processes, as many as the target has cores for: the leader only collects.
    backend.execute("SET parallel_leader_participation = off")
    backend.execute("ALTER TABLE bench_singles SET (parallel_workers = 2)")
    for _ in range(runs + 1):
        backend.execute("SET max_parallel_workers_per_gather = 0")
        one.append(seconds_of(backend, query))
        backend.execute("SET max_parallel_workers_per_gather = 2")
        two.append(seconds_of(backend, query))
    backend.execute("SET max_parallel_workers_per_gather = 0")
    return ratios(one[1:], two[1:])


# A row of binary COPY: an id, the segment's code, the intent.
SCORED = np.dtype(
    [
        ("fields", ">i2"),
        ("id_bytes", ">i4"),
        ("id", ">i4"),
        ("segment_bytes", ">i4"),
        ("segment", ">i4"),
        ("intent_bytes", ">i4"),
        ("intent", ">f8"),
    ]
)
COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_TRAILER = b"\xff\xff"


def write_back(probabilities):
    """By binary COPY, made as one block of memory: the least that a client can do."""
    rows = np.empty(len(probabilities), SCORED)
    rows["fields"], rows["id_bytes"], rows["segment_bytes"], rows["intent_bytes"] = 3, 4, 4, 8
    rows["id"] = np.arange(len(rows))
    rows["segment"] = probabilities.argmax(1)
    rows["intent"] = probabilities[:, 2] / (probabilities[:, 1] + probabilities[:, 2])
    with psycopg.connect(autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_written")
        cursor.execute(
            "CREATE UNLOGGED TABLE bench_written (id integer, segment integer, intent float8)"
        )
        with cursor.copy("COPY bench_written FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(COPY_HEADER + rows.tobytes() + COPY_TRAILER)


def scikit_learn():
    """A function that gives the probabilities of the features of many customers."""
    from sklearn.neural_network import MLPClassifier

    X, y = fetch(f"(SELECT * FROM bench_singles LIMIT {TRAINED_ON}) r")
    prepare = Preparation(X)
    model = MLPClassifier((64, 32), batch_size=256, max_iter=10, random_state=1).fit(prepare(X), y)
    return lambda X: model.predict_proba(prepare(X))


def against_clients(backend, runs):
    import warnings

    # scikit-learn warns that ten epochs have not converged.
    warnings.filterwarnings("ignore", module="sklearn")
    predict = scikit_learn()
    own, others = [], []
    query = QUERIES["`CREATE TABLE AS` segment and intent"][0]
    for run in range(runs + 1):
        own.append(seconds_of(backend, query))
        began = time.perf_counter()
        write_back(predict(fetch("bench_singles")[0]))
        others.append(time.perf_counter() - began)
        progress(f"scoring, clients: pg_intent {own[-1]:.2f} s, scikit-learn {others[-1]:.2f} s")
    return own[1:], others[1:]


# A network of the same shape, whose numbers do not matter here; batches as large as suit numpy.
PYTHON = f"""
import numpy as np
random = np.random.default_rng(1)
sizes = [{FEATURES}, 64, 32, 3]
layers = [random.standard_normal(shape).astype(np.float32) for shape in zip(sizes, sizes[1:])]
skip = random.standard_normal(({FEATURES}, 3)).astype(np.float32)
mean, scale = random.random((2, {FEATURES})).astype(np.float32)
names = ["low_engagement", "organic", "campaign_driven"]
cursor = plpy.cursor("SELECT id, f FROM bench_singles")
while rows := cursor.fetch(10000):
    x = np.clip((np.array([row["f"] for row in rows], np.float32) - mean) * scale, -5, 5)
    a = np.maximum(np.maximum(x @ layers[0], 0) @ layers[1], 0)
    z = a @ layers[2] + x @ skip
    p = np.exp(z - z.max(1, keepdims=True))
    intent = p[:, 2] / (p[:, 1] + p[:, 2])
    for row, k, i in zip(rows, z.argmax(1).tolist(), intent.tolist()):
        yield row["id"], names[k], i
"""


def against_python(backend, runs):
    """Ratios to the same in PL/Python; None where the server has none."""
    if not backend.rows("SELECT FROM pg_available_extensions WHERE name = 'plpython3u'"):
        return None
    backend.execute("CREATE EXTENSION IF NOT EXISTS plpython3u")
    backend.execute(
        f"""CREATE OR REPLACE FUNCTION bench_python() RETURNS TABLE (id bigint, segment text, intent float8)
            LANGUAGE plpython3u AS $python${PYTHON}$python$"""
    )
    own = QUERIES["`CREATE TABLE AS` segment and intent"][0]
    python = "CREATE TEMPORARY TABLE bench_out AS SELECT * FROM bench_python()"
    measured = in_turns(backend, [own, python], runs)
    return ratios(measured[own], measured[python])


def first_call():
    """Milliseconds that the first call of a connection takes beyond the second."""
    query = "SELECT campaign_uplift(f, 'bench') FROM bench_singles WHERE id = 1"
    more = []
    for _ in range(CONNECTIONS):
        with psycopg.connect(autocommit=True) as connection:
            # The catalog's caches are none of the extension's.
            connection.execute("SELECT f[1] FROM bench_singles WHERE id = 1")
            taken = []
            for _ in range(2):
                began = time.perf_counter()
                connection.execute(query)
                taken.append(1e3 * (time.perf_counter() - began))
            more.append(taken[0] - taken[1])
    return more


def latencies(select):
    """Milliseconds of each look-up of one row, by many clients at once."""
    with tempfile.TemporaryDirectory() as directory:
        script = Path(directory, "script.sql")
        script.write_text(
            f"\\set id random(1, 100000)\nSELECT {select} FROM bench_singles WHERE id = :id;\n"
        )
        pgbench = Path(os.environ["PG_INTENT_BINDIR"], "pgbench")
        command = [pgbench, "-n", "-M", "prepared", "-f", script, "-c", str(CLIENT_COUNT), "-j", "2"]
        command += ["-T", str(CLIENT_SECONDS), "-l", "--log-prefix", Path(directory, "log")]
        subprocess.run(command, check=True, capture_output=True)
        logs = [path.read_text() for path in Path(directory).glob("log*")]
    return [int(line.split()[2]) / 1e3 for log in logs for line in log.splitlines()]


JOINED = f"""SELECT sum({{what}}) FROM
              (SELECT id % {{models}} AS part, f FROM bench_singles WHERE id <= {MODELS * ROWS_OF_MODEL}) s
              JOIN (SELECT * FROM bench_models WHERE model IS NOT NULL) m USING (part)"""


def joined(backend, models, runs):
    """Nanoseconds that a score takes beyond the join, the row's model being one of so many in turns."""
    score = JOINED.format(what="campaign_uplift(f, model)", models=models)
    # The model is taken along in both.
    floor = JOINED.format(what="CASE WHEN model IS NOT NULL THEN f[1] END", models=models)
    ((rows,),) = backend.rows(JOINED.replace("sum(", "count(").format(what="*", models=models))
    measured = in_turns(backend, [score, floor], runs)
    return [1e9 * (run - least) / rows for run, least in zip(measured[score], measured[floor])]


def many_models(backend):
    """(bytes of one model's value, peak memory before, after) of a process that used many models."""
    backend.execute("DROP TABLE IF EXISTS bench_models")
    backend.execute(
        f"""CREATE UNLOGGED TABLE bench_models AS
            SELECT id % {MODELS} AS part, train_intent_model(f, y, '{{"ensemble": 1, "epochs": 10, "correction": "none", "on_failure": "null"}}') AS model
            FROM bench_singles WHERE id <= {MODELS * ROWS_OF_MODEL} GROUP BY 1"""
    )
    size, count = backend.rows(
        "SELECT avg(octet_length(model::bytea))::int, count(model) FROM bench_models"
    )[0]
    with Backend() as fresh:
        before = fresh.peak_memory()
        fresh.execute(
            f"""SELECT sum(campaign_uplift(f, model)) FROM bench_singles s JOIN bench_models m ON m.part = s.id % {MODELS}
                WHERE s.id <= {MODELS * ROWS_OF_MODEL}"""
        )
        return count, size, before, fresh.peak_memory()


def report(report, options):
    lines = []
    with Backend() as backend:
        backend.execute("SET client_min_messages = error")
        for width in OTHER_WIDTHS:
            make_tables(backend, width, options.rows // 5)
            make_models(backend, width)
            lines += floors(backend, width, options.runs)
        make_tables(backend, FEATURES, options.rows)
        make_models(backend, FEATURES)
        lines = floors(backend, FEATURES, options.runs) + lines
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
            table(["`sum()` over `real[]`", "time", "÷ floor", "pg_intent's score ÷ this one"], in_c),
        )
        write_rest(report, backend, options)


def write_rest(report, backend, options):
    def judged(values, target, at_most=True):
        middle = median(values)
        holds = middle <= target if at_most else middle >= target
        return f"{'≤' if at_most else '≥'} {target}: " + ("yes" if holds else "NO")

    own, others = against_clients(backend, options.runs)
    against = ratios(own, others)
    python = against_python(backend, options.runs)
    workers = two_workers(backend, options.runs)
    first = first_call()
    with_score, without = latencies("campaign_uplift(f, 'bench')"), latencies("f[1]")
    count, size, before, after = many_models(backend)
    one_model, all_models = joined(backend, 1, options.runs), joined(backend, MODELS, options.runs)
    tail = [np.percentile(values, [50, 99]) for values in (with_score, without)]
    lines = [
        ["`CREATE TABLE AS` ÷ scikit-learn: fetch, predict, write back", spread(against), judged(against, 0.15)],
        ["of it seconds: pg_intent; scikit-learn", f"{spread(own)}; {spread(others)}", ""],
        [
            "`CREATE TABLE AS` ÷ PL/Python with numpy, in batches",
            spread(python) if python else "not measured: the server has none",
            judged(python, 0.1) if python else "≤ 0.1",
        ],
        ["one process ÷ two workers", spread(workers), judged(workers, 1.6, False)],
        ["first call of a connection, beyond the second", spread(first, " ms"), judged(first, 2)],
        [f"one row, {CLIENT_COUNT} clients, with a score: p50; p99", "{:.2f} ms; {:.2f} ms".format(*tail[0]), ""],
        [f"one row, {CLIENT_COUNT} clients, without: p50; p99", "{:.2f} ms; {:.2f} ms".format(*tail[1]), ""],
        [
            f"memory after {count:,} models of {size / 1024:.0f} kB in one statement",
            f"{before / MEGABYTE:.0f} MB before, {after / MEGABYTE:.0f} MB after",
            "",
        ],
        ["a score by a joined model's value, beyond the join: always the same", spread(one_model, " ns"), ""],
        [f"the same, {count:,} in turns", spread(all_models, " ns"), ""],
    ]
    report.write(table(["what", "measured", "target"], lines))
