"""The same scores by other means: plain C, clients with scikit-learn, and PL/Python with numpy."""

import os
import subprocess
import time
from pathlib import Path

import numpy as np
import psycopg
from backend import FEATURES, HIDDEN
from clients import Preparation, fetch, scikit_learn
from report import progress, ratios, spread
from score_queries import QUERIES, TRAINED_ON, in_turns, seconds_of
from server import SEGMENTS

# As PostgreSQL compiles extensions, and with all optimisations for this processor.
PLAIN_C = {"plain_c": ["-O2"], "plain_c_native": ["-O3", "-march=native", "-ffast-math"]}


def plain_c(backend, runs):
    """Returns the table lines for the same network in C."""
    headers = subprocess.run(
        [os.environ["PG_CONFIG"], "--includedir-server"], check=True, capture_output=True, text=True
    ).stdout.strip()
    # The server's user can read the directory of its data.
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


# A row of binary COPY: an id, the code of the segment, and the intent.
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
    """Writes the scores by binary COPY from one block of memory, the least a client can do."""
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


def predictor():
    """Trains scikit-learn's network; returns its function from features to probabilities."""
    X, y = fetch(f"(SELECT * FROM bench_singles LIMIT {TRAINED_ON}) r")
    prepare = Preparation(X)
    model = scikit_learn(prepare(X), y, 1)
    return lambda X: model.predict_proba(prepare(X))


def against_clients(backend, runs):
    """Returns the seconds of pg_intent and of a scikit-learn client, by run."""
    predict = predictor()
    own, others = [], []
    query = QUERIES["`CREATE TABLE AS` segment and intent"][0]
    for run in range(runs + 1):
        own.append(seconds_of(backend, query))
        began = time.perf_counter()
        write_back(predict(fetch("bench_singles")[0]))
        others.append(time.perf_counter() - began)
        progress(f"scoring, clients: pg_intent {own[-1]:.2f} s, scikit-learn {others[-1]:.2f} s")
    return own[1:], others[1:]


# A network of the same shape with random weights; the batch size suits numpy.
PYTHON = f"""
import numpy as np
random = np.random.default_rng(1)
sizes = {[FEATURES, *HIDDEN, len(SEGMENTS)]}
layers = [random.standard_normal(shape).astype(np.float32) for shape in zip(sizes, sizes[1:])]
skip = random.standard_normal(({FEATURES}, {len(SEGMENTS)})).astype(np.float32)
mean, scale = random.random((2, {FEATURES})).astype(np.float32)
names = {SEGMENTS}
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
    """Returns the ratios to PL/Python by run, or None if the server does not have it."""
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
