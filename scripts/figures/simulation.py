"""Simulated customers: what a campaign truly caused is known.

Three seeds, as the reference's own measurements: 20,000 training customers of the simulator's
seed 1000 + seed and 20,000 others of 9000 + seed. AUC, Brier and ECE: the intent of truly engaged,
exposed customers (campaign-driven against organic). mF1: macro-F1 of the three segments.
"""

import sys
import time
from dataclasses import dataclass

import numpy as np
from claims import Claim, judge, number, table

ROWS = 20_000
MEASURES = ["auc", "mf1", "brier", "ece"]
# Rivals: the option `correction`, and whether they are given the true segments.
RIVALS = {"none": ("none", False), "splc": ("splc", False), "none on the truth": ("none", True)}


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
    """Training options as (name, value); without them in this build the scenario is left out."""
    true_c: float | None = None


SCENARIOS = [
    Scenario(
        "missing_0",
        "nothing missing",
        {"rho": 0},
        [Claim("auc", 0.920), Claim("corrected", 0.01), Claim("mf1", -0.005, "none")],
        (0.927, 0.677, 0.106),
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
        ],
        (0.926, 0.673, 0.109),
        true_c=0.6,
    ),
    Scenario(
        "missing_60",
        "60 % missing at random",
        {"rho": 0.6},
        [Claim("c_error", 0.08)],
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
        ],
        (0.920, 0.667, 0.115),
        true_c=0.2,
    ),
    Scenario(
        "by_app_declared",
        "60 % missing, by app use, declared",
        {"rho": 0.6, "mode": "sar"},
        [Claim("auc", 0.900), Claim("mf1", 0.64), Claim("auc", 0.10, "none")],
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
        ],
        (0.925, 0.676, 0.108),
        exposure=True,
    ),
    Scenario(
        "exposure_no_labels",
        "exposure known, no campaign label",
        {"rho": 1.0, "e": 0.6},
        [Claim("auc", 0.912), Claim("mf1", 0.66)],
        (0.923, 0.675, 0.111),
        exposure=True,
    ),
]


def measure_once(backend, scenario, seed, notes):
    import simulate
    from metrics import evaluate

    training = simulate.make(1000 + seed, ROWS, **scenario.simulation)
    test = simulate.make(9000 + seed, ROWS, **scenario.simulation)
    exposed = training["exposed"] if scenario.exposure else None
    measured = {}

    def fit(observed, **options):
        options = {"seed": seed, **options}
        return backend.fit(training["X"], observed, exposed, options, simulate.NAMES)

    def evaluated(fitted):
        P, intent = fitted.score(test["X"])
        scores = evaluate(test, P, intent)
        return {measure: scores[measure] for measure in MEASURES}

    fitted = fit(training["obs"], **dict(scenario.options))
    measured.update(evaluated(fitted))
    measured["corrected"] = fitted.corrected / (training["obs"] > 0).sum()
    if scenario.true_c is not None:
        measured["c"] = fitted.label_frequency
        measured["c_error"] = abs(fitted.label_frequency - scenario.true_c)
    if any(claim.measure in ("precision", "recall") for claim in scenario.claims):
        t = fitted.correction(training["obs"], training["exposed"])
        corrected = (t > 0.5) & (training["obs"] == 1)
        hidden = (training["true"] == 2) & (training["obs"] == 1)
        right = (corrected & hidden).sum()
        measured["precision"] = right / corrected.sum() if corrected.any() else np.nan
        measured["recall"] = right / hidden.sum()
    notes |= fitted.notes

    if backend.offers("correction"):
        for rival in {claim.rival for claim in scenario.claims} - {None}:
            correction, on_truth = RIVALS[rival]
            observed = training["true"] if on_truth else training["obs"]
            scores = evaluated(fit(observed, correction=correction))
            measured.update({f"{rival}.{measure}": scores[measure] for measure in MEASURES})
    return measured


def measure(backend, scenario, seeds, notes):
    """Every measure's mean over the seeds."""
    results = []
    for seed in range(seeds):
        started = time.monotonic()
        results.append(measure_once(backend, scenario, seed, notes))
        scores = " ".join(f"{name} {number(value)}" for name, value in results[-1].items())
        scores += f" ({time.monotonic() - started:.0f} s)"
        print(f"{backend.name}: {scenario.title}, seed {seed}: {scores}", file=sys.stderr)
    return {name: float(np.mean([result[name] for result in results])) for name in results[0]}


def report(backends, keys, seeds):
    """Prints the table; whether every claim holds."""
    judged, others = backends[0], backends[1:]
    lines, details, notes, holds = [], [], set(), True
    for scenario in SCENARIOS:
        if keys and scenario.key not in keys:
            continue
        absent = [name for name, _ in scenario.options if not judged.offers(name)]
        if absent:
            notes.add(f"{scenario.title}: left out, this build has no option {absent[0]}")
            continue
        measured = measure(judged, scenario, seeds, notes)
        must, verdict = judge(scenario.claims, measured)
        holds &= not verdict.startswith("MISSED")
        here = [measure(other, scenario, seeds, set()) for other in others]
        lines.append(
            [
                scenario.title,
                " / ".join(number(measured[name]) for name in MEASURES),
                " / ".join(map(number, scenario.published)) or "–",
                *(" / ".join(number(other[name]) for name in MEASURES) for other in here),
                must,
                verdict,
            ]
        )
        details.append(f"- {scenario.title}: {detail(measured)}")
    if lines:
        figures = "AUC / mF1 / Brier / ECE"
        header = ["scenario", f"{judged.name}: {figures}", "reference: AUC / mF1 / Brier"]
        header += [f"{other.name} here: {figures}" for other in others]
        print(f"## Simulated customers (means of {seeds} seeds)\n")
        print(table([*header, "must reach", "result"], lines))
        print("\n" + "\n".join(details + [f"- Note: {note}." for note in sorted(notes)]) + "\n")
    return holds


def detail(measured):
    """What the table's columns do not show."""
    text = f"{100 * measured['corrected']:.1f} % of engaged customers corrected"
    if "precision" in measured:
        text += f" (precision {number(measured['precision'])}, recall {number(measured['recall'])})"
    if "c" in measured:
        text += f"; c {number(measured['c'])}, mean error {number(measured['c_error'])}"
    for rival in RIVALS:
        if f"{rival}.auc" in measured:
            scores = " / ".join(number(measured[f"{rival}.{name}"]) for name in MEASURES)
            text += f"; correction {rival}: {scores}"
    return text
