"""Memory and quality of a training on more rows than its memory holds."""

import numpy as np
from backend import FEATURES, Backend, make_rows
from claims import JUDGED, judge
from report import MEGABYTE, number, progress, table
from scenarios import SCENARIOS

TITLE = "More rows than the memory holds"
MAX_ROWS, MEMORY = 10_000_000, 256
"""The rows of a full run and its memory in MB; fewer rows get proportionally less memory."""
TESTED = 20_000
BINS = 15
SCENARIO = next(scenario for scenario in SCENARIOS if scenario.key == "missing_40")


def calibration_error(truth, chance):
    """Returns the expected calibration error."""
    bins = np.minimum((chance * BINS).astype(int), BINS - 1)
    present = [bins == i for i in range(BINS) if (bins == i).any()]
    return sum(abs(truth[bin].mean() - chance[bin].mean()) * bin.mean() for bin in present)


def figures(backend):
    """Returns the measures on customers that the training has not seen, by their true segments."""
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
        "auc": roc_auc_score(driven, intent),
        "mf1": f1_score(truth, segment, average="macro"),
        "brier": np.mean((intent - driven) ** 2),
        "ece": calibration_error(driven, intent),
        "precision": (corrected & hidden).sum() / corrected.sum() if corrected.any() else np.nan,
        "recall": (corrected & hidden).sum() / hidden.sum(),
        "c_error": abs(frequency - SCENARIO.true_c),
    }


def train(backend, limit, workers):
    """Returns (seconds, memory before, peak memory) of a training with `limit` MB."""
    backend.execute(f"SET pg_intent.training_memory = '{limit}MB'")
    backend.use_threads(0)
    before = backend.peak_memory()
    seconds = backend.train("SELECT f, y FROM bench_large", {}, workers=workers)
    return seconds, before, backend.peak_memory()


def write(report, options):
    rows = MAX_ROWS if options.full else options.rows
    limit = max(MEMORY * rows // MAX_ROWS, 1)
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
    claims = [claim for claim in SCENARIO.claims if claim.rival is None]
    report.write(
        f"""\
{rows:,} simulated customers of {FEATURES} features, all exposed, 40 % of the campaign labels missing: {raw / MEGABYTE:,.0f} MB of
raw f32 features, trained with `pg_intent.training_memory` = {limit} MB, all options at their defaults, a thread for each
processor, up to three: {number(seconds)} s from the first row to the model. The process had {before / MEGABYTE:.0f} MB of its own before, and
{peak / MEGABYTE:.0f} MB at its peak: the training added {(peak - before) / MEGABYTE:.0f} MB. It said: "{told}". With 2 workers that read the rows:
{number(seconds_in_parallel)} s, and {peak_in_parallel / MEGABYTE:.0f} MB at the peak of the process that trains.

Figures of {TESTED:,} other customers, against their true segments; AUC, Brier and ECE ({BINS} bins) of the intent of those
truly engaged. Corrections are those that `correct_label` puts above one half.""",
        table(JUDGED, judge(SCENARIO.title, claims, measured)[0]),
    )
