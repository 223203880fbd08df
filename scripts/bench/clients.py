"""Training against Python clients that fetch the rows and train the same network."""

import time
import warnings

import numpy as np
import psycopg
from backend import BATCH, FEATURES, HIDDEN, ROWS, Backend, make_rows
from report import progress, ratios, spread, table
from server import SEGMENTS

try:
    import torch
except ImportError:
    torch = None

TITLE = "End to end, against clients that fetch the rows"
HELD_OUT = 200_000
EPOCHS = 10
DECAY, SKIP_DECAY = 5e-3, 1e-3
EQUAL = 0.5
"""Accuracies that differ by at most this many percentage points count as equal."""

# A row of binary COPY without NULLs: an array of real and an integer.
ROW = np.dtype(
    [
        ("fields", ">i2"),
        ("array_bytes", ">i4"),
        ("array_header", ">i4", 5),
        ("f", [("bytes", ">i4"), ("value", ">f4")], FEATURES),
        ("y_bytes", ">i4"),
        ("y", ">i4"),
    ]
)
FILE_HEADER, FILE_TRAILER = 19, 2


def fetch(table):
    """Returns (X, y) of a table, by binary COPY and without a Python object per number."""
    codes = " ".join(f"WHEN '{name}' THEN {code}" for code, name in enumerate(SEGMENTS))
    query = f"COPY (SELECT f, CASE y {codes} END FROM {table}) TO STDOUT (FORMAT BINARY)"
    with psycopg.connect() as connection, connection.cursor().copy(query) as copy:
        data = b"".join(copy)
    rows = np.frombuffer(data[FILE_HEADER:-FILE_TRAILER], ROW)
    assert (rows["fields"] == 2).all() and (rows["f"]["bytes"] == 4).all()
    return rows["f"]["value"].astype(np.float32), rows["y"].astype(np.int64)


class Preparation:
    """Prepares features as pg_intent does: logarithms of skewed ones, one scale, clipped outliers."""

    def __init__(self, X):
        centred = (X - X.mean(0)) / (X.std(0) + 1e-12)
        two_values = ((X == X.min(0)) | (X == X.max(0))).all(0)
        self.skewed = (np.abs((centred**3).mean(0)) > 1.5) & ~two_values
        X = self._logarithms(X)
        self.mean, self.deviation = X.mean(0), X.std(0) + 1e-12

    def __call__(self, X):
        return np.clip((self._logarithms(X) - self.mean) / self.deviation, -5, 5)

    def _logarithms(self, X):
        return np.where(self.skewed, np.sign(X) * np.log1p(np.abs(X)), X)


def scikit_learn(X, y, seed):
    """Returns a fitted model."""
    from sklearn.neural_network import MLPClassifier

    # scikit-learn warns that ten epochs have not converged.
    warnings.filterwarnings("ignore", module="sklearn")
    model = MLPClassifier(
        HIDDEN,
        solver="adam",
        alpha=DECAY,
        batch_size=BATCH,
        max_iter=EPOCHS,
        n_iter_no_change=1000,
        early_stopping=False,
        random_state=seed,
    )
    return model.fit(X, y)


def pytorch(X, y, seed):
    """Trains a network and returns its function from features to codes of segments."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    first, second = HIDDEN
    layers = [
        torch.nn.Linear(*sizes)
        for sizes in ((FEATURES, first), (first, second), (second, len(SEGMENTS)))
    ]
    dense = torch.nn.Sequential(layers[0], torch.nn.ReLU(), layers[1], torch.nn.ReLU(), layers[2])
    skip = torch.nn.Linear(FEATURES, len(SEGMENTS), bias=False)
    adam = torch.optim.Adam(
        [
            {"params": [layer.weight for layer in layers], "weight_decay": DECAY},
            {"params": [layer.bias for layer in layers]},
            {"params": skip.parameters(), "weight_decay": SKIP_DECAY},
        ],
        lr=1e-3,
    )
    X, y = torch.from_numpy(X), torch.from_numpy(y)
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(X)).split(BATCH):
            adam.zero_grad()
            torch.nn.functional.cross_entropy(dense(X[rows]) + skip(X[rows]), y[rows]).backward()
            adam.step()

    def predict(X):
        with torch.no_grad():
            X = torch.from_numpy(X)
            return (dense(X) + skip(X)).argmax(1).numpy()

    return predict


CLIENTS = {"scikit-learn": lambda *rows: scikit_learn(*rows).predict} | (
    {"PyTorch": pytorch} if torch else {}
)


def client(fit, seed):
    """Returns (seconds, CPU seconds, seconds of fetching, accuracy in %) of a client."""
    began, cpu_began = time.perf_counter(), time.process_time()
    X, y = fetch("bench_rows")
    fetched = time.perf_counter()
    prepare = Preparation(X)
    predict = fit(prepare(X), y, seed)
    ended, cpu_ended = time.perf_counter(), time.process_time()
    X, y = fetch("bench_held_out")
    accuracy = 100 * (predict(prepare(X)) == y).mean()
    return ended - began, cpu_ended - cpu_began, fetched - began, accuracy


OWN, OWN_BY_DEFAULT = "pg_intent", "pg_intent, by default"


def pg_intent(backend, seed, by_default):
    """Measures pg_intent as `client` does a client.

    By default it trains with a thread for each processor, up to three, and workers read the rows.
    """
    options = {"correction": "none", "epochs": EPOCHS, "patience": EPOCHS, "seed": seed}
    backend.use_threads(0 if by_default else 1)
    seconds = backend.train(ROWS, options, workers=2 if by_default else 0)
    cpu = float("nan") if by_default else backend.cpu
    query = "SELECT 100 * avg((segment_customer(f, (SELECT model FROM trained)) = y)::int)::float8 FROM bench_held_out"
    return seconds, cpu, 0.0, backend.rows(query)[0][0]


def warm_up():
    """Fits each client once, because the first fit of a process also loads code."""
    X = np.random.default_rng(1).standard_normal((1000, FEATURES)).astype(np.float32)
    for fit in CLIENTS.values():
        fit(X, np.arange(1000) % len(SEGMENTS), 0)


def write(report, options):
    results = {name: [] for name in [OWN, OWN_BY_DEFAULT, *CLIENTS]}
    warm_up()
    with Backend() as backend:
        make_rows(backend, "bench_held_out", HELD_OUT, seed=2)
        for run in range(options.runs):
            for name, measured in results.items():
                fit = CLIENTS.get(name)
                measured.append(
                    client(fit, run) if fit else pg_intent(backend, run, name == OWN_BY_DEFAULT)
                )
                progress(
                    f"clients, run {run + 1}: {name} {measured[-1][0]:.1f} s, {measured[-1][3]:.2f} %"
                )
    write_results(report, options, {name: list(zip(*runs)) for name, runs in results.items()})


def write_results(report, options, results):
    own_seconds, own_cpu, _, own_accuracy = results[OWN]
    lines = []
    for name, (seconds, cpu, fetching, accuracy) in results.items():
        difference = abs(np.median(accuracy) - np.median(own_accuracy))
        lines.append(
            [
                name,
                spread(seconds, " s"),
                spread(fetching, " s") if name in CLIENTS else "none",
                spread(ratios(seconds, own_seconds)),
                spread(ratios(cpu, own_cpu)) if name != OWN_BY_DEFAULT else "",
                f"{np.median(accuracy):.2f} % ({min(accuracy):.2f} to {max(accuracy):.2f})",
                "yes" if difference <= EQUAL else f"NO: {difference:.2f} points off",
            ]
        )
    if not torch:
        lines.append(["PyTorch", "not measured: not installed (--torch)", "", "", "", "", ""])
    header = ["who", "end to end", "of it fetching", "÷ pg_intent's time", "by CPU time"]
    header += ["accuracy", "equal"]
    report.write(
        f"""\
{options.rows:,} rows, {EPOCHS} epochs, batch {BATCH}, hidden layers {HIDDEN[0]} and {HIDDEN[1]}, Adam, one thread each;
"by default" pg_intent takes a thread for each processor, up to three, and workers read the rows.
The clients fetch the rows by binary COPY, prepare the features as pg_intent does by itself, and train on all rows.
pg_intent runs `train_intent_model(f, y, '{{"correction": "none", "epochs": {EPOCHS}, "patience": {EPOCHS}}}')`: it holds
out 15 % of the rows, and also trains the comparison, which the clients do not have. PyTorch has the same
network and penalty; scikit-learn's has no skip, and divides its `alpha` {DECAY} by the batch. CPU time is the
client's own: what the server spends on sending the rows is not in it. Accuracy: the observed segment of {HELD_OUT:,} other customers; equal means within {EQUAL} points of pg_intent's median.""",
        table(header, lines),
    )
