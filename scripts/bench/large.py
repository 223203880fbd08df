"""A training on many more rows than its memory holds: does it stay inside, and is the model as good?"""

import numpy as np
from report import number, progress, table
from server import FEATURES, Backend, make_rows

TITLE = "Ten million rows in 256 MB"
MOST, MEMORY = 10_000_000, 256
TESTED = 20_000
MEGABYTE = 1024 * 1024
BINS = 15

# The design's figures of "40 % missing at random": measure, at least or at most, bound.
CLAIMS = [
    ("AUC", ">=", 0.919),
    ("mF1", ">=", 0.660),
    ("Brier", "<=", 0.118),
    ("ECE", "<=", 0.05),
    ("precision of corrections", ">=", 0.75),
    ("recall of corrections", ">=", 0.45),
    ("error of c", "<=", 0.08),
]
TRUE_FREQUENCY = 0.6


def calibration_error(truth, chance):
    bins = np.minimum((chance * BINS).astype(int), BINS - 1)
    present = [bins == i for i in range(BINS) if (bins == i).any()]
    return sum(abs(truth[bin].mean() - chance[bin].mean()) * bin.mean() for bin in present)


def figures(backend):
    """Of customers that the training has not seen, against their true segments."""
    from sklearn.metrics import f1_score, roc_auc_score

    rows = backend.rows(
        """SELECT truth, (s).segment, (s).campaign_intent, y = 'organic', correct_label(f, y, true, model) > 0.5
           FROM (SELECT t.*, model, score_customer(f, model) AS s FROM bench_tested t, trained) t"""
    )
    truth, segment, intent, organic, corrected = map(np.array, zip(*rows))
    engaged = truth != "low_engagement"
    driven, intent = (truth == "campaign_driven")[engaged], intent[engaged].astype(float)
    corrected &= organic
    hidden = organic & (truth == "campaign_driven")
    (frequency,) = backend.info("label_frequency")
    return {
        "AUC": roc_auc_score(driven, intent),
        "mF1": f1_score(truth, segment, average="macro"),
        "Brier": np.mean((intent - driven) ** 2),
        "ECE": calibration_error(driven, intent),
        "precision of corrections": (corrected & hidden).sum() / corrected.sum(),
        "recall of corrections": (corrected & hidden).sum() / hidden.sum(),
        "error of c": abs(frequency - TRUE_FREQUENCY),
    }


def judged(measured):
    for name, relation, bound in CLAIMS:
        value = measured[name]
        holds = value >= bound if relation == ">=" else value <= bound
        sign = "≥" if relation == ">=" else "≤"
        yield [name, f"{value:.3f}", f"{sign} {bound}", "yes" if holds else "NO"]


def train(backend, limit, workers):
    """(seconds, own memory before, at its peak)"""
    backend.execute(f"SET pg_intent.training_memory = '{limit}MB'")
    backend.execute(f"SET max_parallel_workers_per_gather = {workers}")
    backend.use_threads(0)
    before = backend.peak_memory()
    seconds = backend.train("SELECT f, y FROM bench_large", {})
    peak = backend.peak_memory()
    # Workers cannot read the temporary table that the model is in.
    backend.execute("SET max_parallel_workers_per_gather = 0")
    return seconds, before, peak


def report(report, options):
    rows = MOST if options.full else options.rows
    limit = max(MEMORY * rows // MOST, 1)
    with Backend() as maker:
        make_rows(maker, "bench_large", rows, seed=4, exposed_share=1)
        make_rows(maker, "bench_tested", TESTED, 5, 1, ", true_segment AS truth")
    with Backend() as backend:
        seconds, before, peak = train(backend, limit, 0)
        measured = figures(backend)
        told = "; ".join(backend.remarks)
    with Backend() as backend:
        seconds_in_parallel, _, peak_in_parallel = train(backend, limit, 2)
        backend.execute("DROP TABLE bench_large, bench_tested")
    progress(f"large: {number(seconds)} s, {peak / MEGABYTE:.0f} MB; {told}")
    raw = rows * FEATURES * 4
    report.write(
        f"""\
{rows:,} simulated customers of {FEATURES} features, all exposed, 40 % of the campaign labels missing: {raw / MEGABYTE:,.0f} MB of
raw f32 features, trained with `pg_intent.training_memory` = {limit} MB, all options at their defaults, a thread for each
processor: {number(seconds)} s from the first row to the model. The process had {before / MEGABYTE:.0f} MB of its own before, and
{peak / MEGABYTE:.0f} MB at its peak: the training added {(peak - before) / MEGABYTE:.0f} MB. It said: "{told}". With 2 workers that read the rows:
{number(seconds_in_parallel)} s, and {peak_in_parallel / MEGABYTE:.0f} MB, since PostgreSQL then holds the sampled rows a second time until all are together.

Figures of {TESTED:,} other customers, against their true segments; AUC, Brier and ECE ({BINS} bins) of the intent of those
truly engaged. Corrections are those that `correct_label` puts above one half.""",
        table(["figure", "measured", "must reach", "holds"], list(judged(measured))),
    )
