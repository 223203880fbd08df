"""evaluate_intent and evaluate_segments beside scikit-learn, on random tables with ties and weights."""

import numpy as np
from claims import JUDGED
from report import progress, table
from server import SEGMENTS

KEY = "evaluation_intent"
TABLES, MAX_ROWS = 200, 400
TOLERANCE = 1e-9

EXPLANATION = f"""\
`evaluate_intent` and `evaluate_segments` on {TABLES} random tables of up to {MAX_ROWS} rows, half of them with weights,
with tied scores, beside scikit-learn's functions of the same figures (the slope is that of its linear regression). The
largest difference over all tables."""


def draw(seed):
    """Draws a table: (truth, score, actual segment, predicted segment, weight or None)."""
    random = np.random.default_rng(seed)
    rows = random.integers(20, MAX_ROWS)
    score = random.random(rows).round(random.integers(1, 4))
    truth = random.random(rows) < score
    truth[:2] = False, True
    segments = random.integers(0, 3, (2, rows))
    return truth, score, *segments, random.exponential(size=rows) if seed % 2 else None


def expected(truth, score, actual, predicted, weight):
    """Returns scikit-learn's figures."""
    from sklearn import metrics
    from sklearn.linear_model import LinearRegression

    weights, named = {"sample_weight": weight}, score > 0.5
    slope = LinearRegression().fit(score[:, None], truth, **weights).coef_[0]
    return {
        "auc": metrics.roc_auc_score(truth, score, **weights),
        "average_precision": metrics.average_precision_score(truth, score, **weights),
        "log_loss": metrics.log_loss(truth, score, **weights),
        "brier": metrics.brier_score_loss(truth, score, **weights),
        "calibration_slope": slope,
        "accuracy": metrics.accuracy_score(truth, named, **weights),
        "precision": metrics.precision_score(truth, named, **weights),
        "recall": metrics.recall_score(truth, named, **weights),
        "f1": metrics.f1_score(truth, named, **weights),
        "segments: accuracy": metrics.accuracy_score(actual, predicted, **weights),
        "segments: macro_f1": metrics.f1_score(actual, predicted, average="macro", **weights),
    }


def measured(backend, truth, score, actual, predicted, weight):
    """Returns our figures."""
    weights = [None] * len(truth) if weight is None else weight.tolist()
    names = [[SEGMENTS[code] for code in codes] for codes in (actual, predicted)]
    columns = ["t boolean", "s float8", "actual text", "predicted text", "w float8"]
    backend.load("evaluated", columns, zip(truth.tolist(), score.tolist(), *names, weights))
    query = """SELECT (i).*, (g).accuracy AS "segments: accuracy", (g).macro_f1 AS "segments: macro_f1"
               FROM (SELECT evaluate_intent(t, s, w) AS i, evaluate_segments(actual, predicted, w) AS g
                     FROM evaluated) AS e"""
    return backend.execute(query).fetchone()


def differences(backend, seed):
    """Returns the difference of each figure on one table."""
    drawn = draw(seed)
    ours = measured(backend, *drawn)
    return {name: abs(ours[name] - value) for name, value in expected(*drawn).items()}


def write(report, pool, keys):
    if keys and KEY not in keys:
        return
    tables = pool.map(differences, [(seed,) for seed in range(TABLES)])
    progress(f"evaluation: {TABLES} tables")
    lines = []
    for name in tables[0]:
        largest = max(one[name] for one in tables)
        holds = largest <= TOLERANCE
        report.holds &= holds
        claim = f"difference to scikit-learn at most {TOLERANCE:g}"
        lines.append([name, claim, f"{largest:.1e}", "ok" if holds else "MISSED"])
    report.write("## Evaluation: beside scikit-learn", EXPLANATION, table(JUDGED, lines))
