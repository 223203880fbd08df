"""Simulated customers: what a campaign truly caused is known."""

import sys
import time
from dataclasses import dataclass

import numpy as np
from claims import JUDGED, Claim, judge, number, table

ROWS = 20_000
MEASURES = ["auc", "mf1", "brier", "ece"]
FIGURES = "AUC / mF1 / Brier / ECE"
# Rivals trained on the same rows: the option `correction`, and whether they are given the truth.
RIVALS = {"none": ("none", False), "splc": ("splc", False), "none on the truth": ("none", True)}
SIDE_BY_SIDE = ["none", "splc"]
T_LEARNER = "LightGBM T-learner"
# campaign_intent is a probability wherever the table is reached.
CALIBRATED = Claim("ece", 0.05)

EXPLANATION = f"""\
{ROWS:,} training customers of the reference's simulator (its seed 1000 + seed) and {ROWS:,} others (9000 + seed). AUC,
Brier and ECE (expected calibration error, 15 bins): the intent of truly engaged, exposed customers, campaign-driven
against organic. mF1: macro-F1 of the three segments. `none` and `splc` are the other values of option `correction`,
trained on the same rows; `none on the truth` was given the true segments. c is the label frequency. The T-learner
compares two LightGBM models, of engagement among exposed and among unexposed customers. Corrections are those that
`correct_label()` puts above one half."""


@dataclass(frozen=True)
class Scenario:
    key: str
    title: str
    simulation: dict
    """Arguments of the simulator's make()."""
    claims: list
    published: tuple = ()
    """The reference's AUC, mF1 and Brier in the design."""
    exposure: bool = False
    options: tuple = ()
    """Training options as (name, value)."""
    true_c: float | None = None


SCENARIOS = [
    Scenario(
        "missing_0",
        "nothing missing",
        {"rho": 0},
        [Claim("auc", 0.920), Claim("corrected", 0.01), Claim("mf1", -0.005, "none"), CALIBRATED],
        (0.927, 0.677, 0.106),
        true_c=1.0,
    ),
    Scenario(
        "missing_40",
        "40 % missing at random",
        {"rho": 0.4},
        [
            Claim("auc", 0.919),
            Claim("mf1", 0.660),
            Claim("brier", 0.118),
            Claim("precision", 0.75),
            Claim("recall", 0.45),
            Claim("c_error", 0.08),
            Claim("mf1", 0.03, "none"),
            Claim("brier", 0.03, "splc"),
            CALIBRATED,
        ],
        (0.926, 0.673, 0.109),
        true_c=0.6,
    ),
    Scenario(
        "missing_60",
        "60 % missing at random",
        {"rho": 0.6},
        [Claim("c_error", 0.08), CALIBRATED],
        true_c=0.4,
    ),
    Scenario(
        "missing_80",
        "80 % missing at random",
        {"rho": 0.8},
        [
            Claim("auc", 0.910),
            Claim("mf1", 0.645),
            Claim("brier", 0.130),
            Claim("c_error", 0.08),
            Claim("mf1", 0.20, "none"),
            Claim("mf1", 0.15, "splc"),
            CALIBRATED,
        ],
        (0.920, 0.667, 0.115),
        true_c=0.2,
    ),
    Scenario(
        "by_app_declared",
        "60 % missing, by app use, declared",
        {"rho": 0.6, "mode": "sar"},
        [Claim("auc", 0.900), Claim("mf1", 0.64), Claim("auc", 0.10, "none"), CALIBRATED],
        (0.919, 0.664, 0.117),
        options=(("attribution_by", "app_user"),),
    ),
    Scenario(
        "exposure_40",
        "exposure known, 40 % missing",
        {"rho": 0.4, "e": 0.6},
        [
            Claim("auc", 0.918),
            Claim("mf1", 0.665),
            Claim("brier", 0.115),
            Claim("auc", -0.01, "none on the truth"),
            CALIBRATED,
        ],
        (0.926, 0.675, 0.107),
        exposure=True,
    ),
    Scenario(
        "exposure_by_app",
        "exposure known, 60 % missing by app use, undeclared",
        {"rho": 0.6, "mode": "sar", "e": 0.6},
        [
            Claim("auc", 0.915),
            Claim("mf1", 0.665),
            Claim("brier", 0.118),
            Claim("auc", 0.10, "none"),
            CALIBRATED,
        ],
        (0.925, 0.676, 0.108),
        exposure=True,
    ),
    Scenario(
        "exposure_no_labels",
        "exposure known, no campaign label",
        {"rho": 1.0, "e": 0.6},
        [Claim("auc", 0.912), Claim("mf1", 0.66), Claim("auc", -0.005, T_LEARNER), CALIBRATED],
        (0.923, 0.675, 0.111),
        exposure=True,
    ),
]


def t_learner(training, X):
    """The intent of X by two models of engagement; exposure is all that they know."""
    from lightgbm import LGBMClassifier

    def engagement(exposed):
        rows = training["exposed"] == exposed
        model = LGBMClassifier(
            n_estimators=200, learning_rate=0.03, num_leaves=15, n_jobs=1, verbose=-1
        )
        engaged = training["obs"][rows] > 0
        return model.fit(training["X"][rows], engaged).predict_proba(X)[:, 1]

    return 1 - engagement(0) / engagement(1)


def measure_once(backend, scenario, seed):
    import simulate
    from metrics import evaluate

    started = time.monotonic()
    training = simulate.make(1000 + seed, ROWS, **scenario.simulation)
    test = simulate.make(9000 + seed, ROWS, **scenario.simulation)
    exposed = training["exposed"] if scenario.exposure else None
    measured = {}

    def fit(observed, **options):
        options = {"seed": seed, **options}
        return backend.fit(training["X"], observed, exposed, options, simulate.NAMES)

    def evaluated(P, intent):
        scores = evaluate(test, P, intent)
        return {measure: scores[measure] for measure in MEASURES}

    fitted = fit(training["obs"], **dict(scenario.options))
    measured.update(evaluated(*fitted.score(test["X"])))
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

    rivals = {claim.rival for claim in scenario.claims} - {None}
    if backend.takes_corrections:
        for rival in sorted(rivals & RIVALS.keys() | set(SIDE_BY_SIDE)):
            correction, on_truth = RIVALS[rival]
            observed = training["true"] if on_truth else training["obs"]
            scores = evaluated(*fit(observed, correction=correction).score(test["X"]))
            measured.update({f"{rival}.{measure}": value for measure, value in scores.items()})
        if T_LEARNER in rivals:
            # It has no segments of its own: its mF1 and Brier say nothing.
            P = np.zeros((ROWS, 3))
            measured[f"{T_LEARNER}.auc"] = evaluated(P, t_learner(training, test["X"]))["auc"]
    scores = " ".join(f"{name} {number(value)}" for name, value in measured.items())
    seconds = time.monotonic() - started
    print(f"{backend.name}: {scenario.title}, seed {seed}: {scores} ({seconds:.0f} s)", file=sys.stderr)
    return measured


def measure(pool, scenarios, seeds):
    """Every measure's mean over the seeds, of each scenario."""
    jobs = [(scenario, seed) for scenario in scenarios for seed in range(seeds)]
    results = pool.map(measure_once, jobs)
    parts = [results[i : i + seeds] for i in range(0, len(results), seeds)]
    return [{name: float(np.mean([one[name] for one in part])) for name in part[0]} for part in parts]


def report(output, judged, others, keys, seeds):
    scenarios = [scenario for scenario in SCENARIOS if not keys or scenario.key in keys]
    if not scenarios:
        return
    measured = measure(judged, scenarios, seeds)
    elsewhere = [measure(other, scenarios, seeds) for other in others]

    def figures(measured, rival=""):
        return " / ".join(number(measured[rival + name]) for name in MEASURES)

    header = ["", f"{judged.name}: {FIGURES}", *(f"`{rival}`" for rival in SIDE_BY_SIDE)]
    header += ["reference: AUC / mF1 / Brier", *(f"{other.name} here" for other in others)]
    header += ["c", "error", "corrected", "precision / recall"]
    lines, verdicts = [], []
    for i, (scenario, here) in enumerate(zip(scenarios, measured)):
        lines.append(
            [
                scenario.title,
                figures(here),
                *(figures(here, f"{rival}.") for rival in SIDE_BY_SIDE),
                " / ".join(map(number, scenario.published)) or "–",
                *(figures(other[i]) for other in elsewhere),
                number(here.get("c")),
                number(here.get("c_error")),
                f"{100 * here['corrected']:.1f} %",
                " / ".join(number(here.get(name)) for name in ("precision", "recall")),
            ]
        )
        texts, holds = judge(scenario.title, scenario.claims, here)
        verdicts += texts
        output.holds &= holds
    output.write(f"## Simulated customers (means of {seeds} seeds)", EXPLANATION)
    output.write(table(header, lines), table(JUDGED, verdicts))
