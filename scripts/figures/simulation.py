"""Simulated customers, whose true segments are known."""

import time

import numpy as np
from claims import JUDGED, decimals, judge
from report import progress, table
from rivals import by_exposure, tree_engagement
from scenarios import MOST_PROBABLE, SCENARIOS, T_LEARNER

ROWS = 20_000
MEASURES = ["auc", "mf1", "brier", "ece"]
FIGURES = "AUC / mF1 / Brier / ECE"
# Rivals trained on the same rows: (option `correction`, True if given the true segments).
RIVALS = {"none": ("none", False), "splc": ("splc", False), "none on the truth": ("none", True)}
SIDE_BY_SIDE = ["none", "splc"]

EXPLANATION = f"""\
{ROWS:,} training customers of the reference's simulator (its seed 1000 + seed) and {ROWS:,} others (9000 + seed). AUC,
Brier and ECE (expected calibration error, 15 bins): the intent of truly engaged, exposed customers, campaign-driven
against organic. mF1: macro-F1 of the three segments, each customer in the most probable one; "sized" by the default rule
`expected_size`. `none` and `splc` are the other values of option `correction`,
trained on the same rows; `none on the truth` learned from the true segments. c is the label frequency. The T-learner
is the difference of two LightGBM models of engagement, one for exposed and one for unexposed customers. A label counts as
corrected if `correct_label()` is above 0.5."""


def t_learner(training, X):
    """Returns the intent of X by two models of engagement, among the exposed and the others."""
    engaged = training["obs"] > 0
    seen, unseen = by_exposure(tree_engagement, training["X"], engaged, training["exposed"])
    return 1 - unseen(X) / seen(X)


class Trial:
    """A scenario with one seed: its training customers, and others for testing."""

    def __init__(self, backend, scenario, seed):
        import simulate

        self.backend, self.names, self.seed = backend, simulate.NAMES, seed
        self.training = simulate.make(1000 + seed, ROWS, **scenario.simulation)
        self.test = simulate.make(9000 + seed, ROWS, **scenario.simulation)
        self.exposed = self.training["exposed"] if scenario.exposure else None

    def fit(self, observed, **options):
        options = {"seed": self.seed, **options}
        X = self.training["X"]
        return self.backend.fit(X, observed, self.exposed, options, self.names)

    def evaluate(self, P, intent):
        from metrics import evaluate

        scores = evaluate(self.test, P, intent)
        return {measure: scores[measure] for measure in MEASURES}

    def sized(self, fitted):
        """Returns the macro-F1 of the segments that the model's own rule gives."""
        from sklearn.metrics import f1_score

        _, segment = fitted.rank(self.test["X"])
        seen = self.test["exposed"] == 1
        return f1_score(self.test["true"][seen], segment[seen], average="macro")

    def measure(self, scenario):
        """Returns the measures of the scenario's options."""
        training = self.training
        fitted = self.fit(training["obs"], **dict(scenario.options))
        measured = self.evaluate(*fitted.score(self.test["X"]))
        measured["sized"] = self.sized(fitted)
        # The claim about the rule compares both rules of one model.
        measured[f"{MOST_PROBABLE}.sized"] = measured["mf1"]
        measured["corrected"] = fitted.corrected / (training["obs"] > 0).sum()
        if scenario.true_c is not None:
            measured["c"] = fitted.label_frequency
            measured["c_error"] = abs(fitted.label_frequency - scenario.true_c)
        hidden = (training["true"] == 2) & (training["obs"] == 1)
        if hidden.any():
            corrected = (fitted.correction() > 0.5) & (training["obs"] == 1)
            right = (corrected & hidden).sum()
            measured["precision"] = right / corrected.sum() if corrected.any() else np.nan
            measured["recall"] = right / hidden.sum()
        return measured

    def measure_rivals(self, rivals):
        """Returns the measures of the rivals, as "rival.measure"."""
        measured = {}
        for rival in sorted(rivals & RIVALS.keys() | set(SIDE_BY_SIDE)):
            correction, on_truth = RIVALS[rival]
            observed = self.training["true" if on_truth else "obs"]
            fitted = self.fit(observed, correction=correction)
            scores = self.evaluate(*fitted.score(self.test["X"])) | {"sized": self.sized(fitted)}
            measured.update({f"{rival}.{measure}": value for measure, value in scores.items()})
        if T_LEARNER in rivals:
            # It has no segments of its own, so its mF1 and Brier are meaningless.
            P = np.zeros((ROWS, 3))
            intent = t_learner(self.training, self.test["X"])
            measured[f"{T_LEARNER}.auc"] = self.evaluate(P, intent)["auc"]
        return measured


def measure_once(backend, scenario, seed):
    """Returns all measures of a scenario with one seed."""
    started = time.monotonic()
    trial = Trial(backend, scenario, seed)
    measured = trial.measure(scenario)
    if backend.takes_corrections:
        measured |= trial.measure_rivals({claim.rival for claim in scenario.claims} - {None})
    scores = " ".join(f"{name} {decimals(value)}" for name, value in measured.items())
    progress(f"{backend.name}: {scenario.title}, seed {seed}: {scores}", started)
    return measured


def measure(pool, scenarios, seeds):
    """Returns the mean of each measure over the seeds, by scenario."""
    jobs = [(scenario, seed) for scenario in scenarios for seed in range(seeds)]
    results = pool.map(measure_once, jobs)
    parts = [results[i : i + seeds] for i in range(0, len(results), seeds)]
    return [
        {name: float(np.mean([one[name] for one in part])) for name in part[0]} for part in parts
    ]


def write(report, judged, others, keys, seeds):
    scenarios = [scenario for scenario in SCENARIOS if not keys or scenario.key in keys]
    if not scenarios:
        return
    measured = measure(judged, scenarios, seeds)
    elsewhere = [measure(other, scenarios, seeds) for other in others]

    def figures(measured, rival=""):
        return " / ".join(decimals(measured[rival + name]) for name in MEASURES)

    header = ["", f"{judged.name}: {FIGURES}", *(f"`{rival}`" for rival in SIDE_BY_SIDE)]
    header += ["reference: AUC / mF1 / Brier", *(f"{other.name} here" for other in others)]
    header += ["sized: ours", "sized: `none`", "c", "error", "corrected", "precision / recall"]
    lines, verdicts = [], []
    for i, (scenario, here) in enumerate(zip(scenarios, measured)):
        lines.append(
            [
                scenario.title,
                figures(here),
                *(figures(here, f"{rival}.") for rival in SIDE_BY_SIDE),
                " / ".join(map(decimals, scenario.published)) or "–",
                *(figures(other[i]) for other in elsewhere),
                decimals(here["sized"]),
                decimals(here.get("none.sized")),
                decimals(here.get("c")),
                decimals(here.get("c_error")),
                f"{100 * here['corrected']:.1f} %",
                " / ".join(decimals(here.get(name)) for name in ("precision", "recall")),
            ]
        )
        texts, holds = judge(scenario.title, scenario.claims, here)
        verdicts += texts
        report.holds &= holds
    report.write(f"## Simulated customers (means of {seeds} seeds)", EXPLANATION)
    report.write(table(header, lines), table(JUDGED, verdicts))
