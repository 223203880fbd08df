"""Few customers: one network against a committee of five, distilled or not."""

import time

import email_test
import numpy as np
from claims import decimals
from report import progress, table

ROWS = 4_000
TEST_ROWS = 20_000
SEEDS = 6
VARIANTS = {
    "one network": {},
    "committee of 5": {"ensemble": 5, "distil": False},
    "committee of 5, distilled": {"ensemble": 5},
}
ONE, PLAIN, DISTILLED = VARIANTS
# (title, arguments of the simulator, True if exposure is known)
SCENARIOS = [
    ("40 % missing at random", {"rho": 0.4}, False),
    ("exposure known, 40 % missing", {"rho": 0.4, "e": 0.6}, True),
    ("exposure known, no campaign label", {"rho": 1.0, "e": 0.6}, True),
]
MEASURES = ["auc", "mf1", "brier", "ece"]
# The share of the committee's gain that distillation has to keep, of each measure.
KEPT = 0.75

EXPLANATION = f"""\
A committee of k networks (option `ensemble`) takes k times the training and, undistilled (`distil` = false), k times the
scoring. The Qini is that of the section above, by the same half splits of Hillstrom's customers. The simulated
figures are means over {SEEDS} seeds and the three scenarios, of {ROWS:,} training and {TEST_ROWS:,} other customers.
The error is the standard error of the difference from one network, over the splits (each the mean of the arms and
halves) and over the seeds (each the mean of the scenarios)."""
RULE = f"""\
The rule: five distilled networks are the default below 50,000 rows if distillation keeps at least {100 * KEPT:.0f} % of the plain
committee's gain over one network, in each of mean Qini, AUC and mF1, and loses nothing where there is no gain."""


def measure_email(backend, arm, seed):
    """Returns the Qini of each variant, the mean of both halves of a split."""
    started = time.monotonic()
    X, mailed, visit, both = email_test.halves(arm.key, seed)
    qini = {}
    for name, options in VARIANTS.items():
        areas = []
        for train, test in both:
            options = {"seed": seed, **options}
            fitted = backend.fit(X[train], visit[train], mailed[train], options)
            uplift, _ = fitted.rank(X[test])
            areas.append(email_test.area(uplift, mailed[test], visit[test]))
        qini[name] = float(np.mean(areas))
    shown = ", ".join(f"{name} {value:.1f}" for name, value in qini.items())
    progress(f"committee: {arm.title}, split {seed}: {shown}", started)
    return qini


def measure_simulated(backend, scenario, seed):
    """Returns the measures of each variant."""
    import simulate
    from metrics import evaluate

    started = time.monotonic()
    title, simulation, exposure = scenario
    training = simulate.make(1000 + seed, ROWS, **simulation)
    test = simulate.make(9000 + seed, TEST_ROWS, **simulation)
    exposed = training["exposed"] if exposure else None
    measured = {}
    for name, options in VARIANTS.items():
        options = {"seed": seed, **options}
        fitted = backend.fit(training["X"], training["obs"], exposed, options, simulate.NAMES)
        scores = evaluate(test, *fitted.score(test["X"]))
        measured[name] = [scores[measure] for measure in MEASURES]
    shown = ", ".join(f"{name} {decimals(scores[0])}" for name, scores in measured.items())
    progress(f"committee: {title}, seed {seed}: AUC {shown}", started)
    return measured


def differences(values):
    """Returns (mean, mean difference from one network, its standard error) of each variant.

    `values` has one number per split or seed for each variant.
    """
    one = np.array(values[ONE])
    result = {}
    for name in VARIANTS:
        gains = np.array(values[name]) - one
        error = np.std(gains, ddof=1) / np.sqrt(len(gains))
        result[name] = float(np.mean(values[name])), float(gains.mean()), float(error)
    return result


def measure(judged):
    """Returns the results as emails[arm][split] and runs[scenario][seed]."""
    splits = email_test.SPLIT_SEEDS
    emails = judged.map(measure_email, [(arm, s) for arm in email_test.ARMS for s in splits])
    runs = judged.map(measure_simulated, [(one, s) for one in SCENARIOS for s in range(SEEDS)])

    def parts(results, size):
        return [results[i : i + size] for i in range(0, len(results), size)]

    return parts(emails, len(splits)), parts(runs, SEEDS)


def decisive(emails, runs):
    """Returns {measure: differences} of the three measures that decide on the default."""

    def qini(name):
        return [np.mean([arm[name] for arm in split]) for split in zip(*emails)]

    def simulated(name, place):
        return [np.mean([run[name][place] for run in seed]) for seed in zip(*runs)]

    return {
        "mean Qini": differences({name: qini(name) for name in VARIANTS}),
        "AUC": differences({name: simulated(name, 0) for name in VARIANTS}),
        "mF1": differences({name: simulated(name, 1) for name in VARIANTS}),
    }


def judge_gains(measures):
    """Returns one table line per measure, and True if distillation keeps enough of each gain."""
    lines, keeps = [], True
    for measure, values in measures.items():
        gain, kept = values[PLAIN][1], values[DISTILLED][1]
        enough = kept >= KEPT * max(gain, 0)
        keeps &= enough
        cells = [decimals(values[ONE][0])]
        for name in (PLAIN, DISTILLED):
            mean, difference, error = values[name]
            sign = "+" if difference >= 0 else ""
            cells.append(f"{decimals(mean)} ({sign}{decimals(difference)} ± {decimals(error)})")
        lines.append([measure, *cells, "kept" if enough else "not kept"])
    return lines, keeps


def one_by_one(emails, runs):
    """Returns one table line per arm and per scenario."""
    lines = [
        [f"Qini, {arm.title}", *(f"{np.mean([split[n] for split in part]):.1f}" for n in VARIANTS)]
        for arm, part in zip(email_test.ARMS, emails)
    ]
    for (title, _, _), part in zip(SCENARIOS, runs):
        means = [np.mean([run[name] for run in part], axis=0) for name in VARIANTS]
        lines.append([title, *(" / ".join(map(decimals, mean)) for mean in means)])
    return lines


def write(report, judged, keys):
    if keys and "committee" not in keys:
        return
    emails, runs = measure(judged)
    lines, keeps = judge_gains(decisive(emails, runs))
    verdict = "are kept" if keeps else "are not kept"
    default = "ensemble = 5, distilled, below 50,000 rows" if keeps else "ensemble = 1"
    report.write("## The committee: which default", EXPLANATION, RULE)
    report.write(table(["", *VARIANTS, "distilled"], lines))
    report.write(f"**By this rule the gains {verdict}. The default is {default}.**")
    report.write("Each result; for simulated customers, AUC / mF1 / Brier / ECE:")
    report.write(table(["", *VARIANTS], one_by_one(emails, runs)))
