"""The Bank Marketing data: a table with columns of many types, used as it is."""

import os
import time

import numpy as np
import pandas as pd
from claims import decimals
from report import progress, table
from server import SEGMENTS

SEEDS = 3
MEASURES = ["auc", "mf1", "brier", "ece"]
# The columns of the table and their types.
COLUMNS = {
    "customer": "int",
    "age": "int",
    "job": "text",
    "marital": "text",
    "education": "text",
    "default": "text",
    "housing": "text",
    "loan": "text",
    "contact": "text",
    "month": "text",
    "day_of_week": "text",
    "duration": "int",
    "campaign": "smallint",
    "pdays": "int",
    "previous": "bigint",
    "poutcome": "text",
    "emp_var_rate": "numeric",
    "cons_price_idx": "numeric",
    "cons_conf_idx": "real",
    "euribor3m": "float8",
    "nr_employed": "numeric",
    "y": "text",
}
# The key, and two columns that are known only after the call.
EXCLUDED = ["customer", "duration", "y"]
MODES = {
    "exposure known (60 %), 40 % missing": {"rho": 0.4, "e": 0.6},
    "40 % missing at random": {"rho": 0.4},
}
# name: (training options, True if it is given the true segments)
VARIANTS = {
    "pg_intent": ({}, False),
    "`none`": ({"correction": "none"}, False),
    "`none` on the truth": ({"correction": "none"}, True),
}

EXPLANATION = f"""\
41,188 customers of a bank, in a table with the file's columns as they are: ten of text, the others of six numeric
types. `duration` and `y` are known only after the call and are left out. Training is by
`train_model('…', 'SELECT b.*, observed_segment, exposed FROM bank b JOIN …', '{{"exclude": ["customer", "duration",
"y"]}}')`, scoring by `score_customer(b, '…')`. No column is cast or encoded. Segment and exposure are simulated
(by `on_real_features()` of the reference's simulator, which reads the text as one column for each value). Training uses a
random half, and the other half is scored; means of {SEEDS} seeds. "Best possible" ranks by the simulator's own probability."""


def read(shared):
    path = os.path.join(shared, "data", "bank_additional_full.csv.gz")
    # "None" and "unknown" are categories here, not missing values.
    frame = pd.read_csv(path, keep_default_na=False)
    frame.insert(0, "customer", np.arange(len(frame)))
    return frame


def draw(frame, mode, seed):
    """Simulates segments on top of the table; returns them and the rows of (training, test)."""
    import simulate

    # The simulator needs numbers; training does not.
    encoded = pd.get_dummies(frame.drop(columns=EXCLUDED), dtype=float).to_numpy()
    drawn = simulate.on_real_features(encoded, 1000 + seed, **MODES[mode])
    order = np.random.default_rng(seed).permutation(len(frame))
    return drawn, *np.array_split(order, 2)


def best_possible(truth):
    """Returns the AUC of the simulator's own probability."""
    from sklearn.metrics import roc_auc_score

    engaged = (truth["exposed"] == 1) & (truth["true"] != 0)
    p = truth["p"][engaged]
    return roc_auc_score(truth["true"][engaged] == 2, p[:, 2] / p[:, 1:].sum(1))


def predictions(backend, drawn, segments, rows, has_exposure, options):
    """Trains on `rows` of the table; returns (P, intent) of the others in the table's order."""
    backend.load(
        "bank_campaign",
        ["customer int", "observed_segment text", "exposed boolean"],
        ((int(i), SEGMENTS[segments[i]], bool(drawn["exposed"][i])) for i in rows),
    )
    exposed = ", exposed" if has_exposure else ""
    backend.train(
        f"SELECT b.*, observed_segment{exposed} FROM bank b JOIN bank_campaign USING (customer)",
        options,
    )
    return backend.predictions(
        """SELECT s.* FROM bank b, LATERAL score_customer(b, %(campaign)s) AS s
           WHERE NOT EXISTS (SELECT FROM bank_campaign c WHERE c.customer = b.customer)
           ORDER BY b.customer"""
    )


def measure_once(backend, frame, mode, seed):
    """Returns the measures of each variant, and the best possible AUC."""
    from metrics import evaluate

    started = time.monotonic()
    drawn, train, test = draw(frame, mode, seed)
    truth = {name: values[np.sort(test)] for name, values in drawn.items()}
    definitions = [f'"{name}" {kind}' for name, kind in COLUMNS.items()]
    backend.load("bank", definitions, frame[list(COLUMNS)].itertuples(index=False, name=None))
    measured = {"best": best_possible(truth)}
    for name, (options, on_truth) in VARIANTS.items():
        segments = drawn["true" if on_truth else "obs"]
        options = {"seed": seed, "exclude": EXCLUDED, "ensemble": 1, **options}
        P, intent = predictions(backend, drawn, segments, train, "e" in MODES[mode], options)
        scores = evaluate(truth, P, intent)
        measured[name] = [scores[measure] for measure in MEASURES]
    shown = ", ".join(f"{name} {decimals(measured[name][0])}" for name in VARIANTS)
    progress(f"bank: {mode}, seed {seed}: AUC {shown}", started)
    return measured


def write(report, judged, keys, shared):
    if keys and "bank" not in keys:
        return
    frame = read(shared)
    jobs = [(frame, mode, seed) for mode in MODES for seed in range(SEEDS)]
    results = judged.map(measure_once, jobs)
    lines = []
    for i, mode in enumerate(MODES):
        part = results[i * SEEDS : (i + 1) * SEEDS]
        cells = [
            " / ".join(map(decimals, np.mean([one[name] for one in part], axis=0)))
            for name in VARIANTS
        ]
        lines.append([mode, *cells, decimals(float(np.mean([one["best"] for one in part])))])
    first, *rest = VARIANTS
    header = ["", f"{first}: AUC / mF1 / Brier / ECE", *rest, "best possible AUC"]
    report.write("## Bank Marketing: a table as it stands", EXPLANATION, table(header, lines))
