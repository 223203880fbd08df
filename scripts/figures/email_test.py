"""Hillstrom's randomised e-mail test: what a mailing truly caused can be measured, not seen.

A third of 64,000 customers got a men's e-mail, a third a women's, a third none; engaged means that
the customer visited. pg_intent learns from exposure alone: a visitor is recorded as organic,
everybody else as low_engagement, and no campaign label exists.

The customers are split into halves at random, eight times; of each split both halves are held out
in turn, since which half is held out moves a Qini by about as much as any two methods differ. For
the same reason the standard models are measured on the same halves. Definitions, all on the half
that was not trained on; the figures are means over the sixteen:
- Qini: customers are ranked by campaign_uplift; mean gap between their Qini curve and the straight
  line of a random order, x 10,000 (basis points of the incremental visit rate).
- Incremental visit rate of a set of customers: visit rate of its mailed minus that of its unmailed.
- Engagement model: logistic regression of P(visit | features, mailed) on the mailed customers of
  the training half, features standardised; the "most engaged" targeting of common practice.
- T-learner: the engagement model minus its like, trained on the unmailed.
- Gain: incremental visit rate within the half of the held-out customers that campaign_uplift ranks
  highest, minus the same by the engagement model, in basis points.
"""

import sys
import time
from dataclasses import dataclass

import numpy as np
from claims import Claim, judge, table
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# The seeds of the splits; each is the seed of its two trainings as well.
SPLIT_SEEDS = [1, 2, 3, 4, 5, 6, 7, 8]


@dataclass(frozen=True)
class Arm:
    key: str
    title: str
    claims: list
    published: str
    """The design's figures, on other splits: Qini (engagement model, T-learner) and gain."""


ARMS = [
    Arm(
        "both",
        "both e-mails against none",
        [Claim("qini", 36), Claim("gain", 30)],
        "47.6 (30.8, 49.5); +71 bp, 8 of 8",
    ),
    Arm(
        "womens",
        "women's against none",
        [Claim("qini", 60), Claim("gain", 110)],
        "70.4 (39.6, 78.2); +160 bp, 8 of 8",
    ),
    Arm("mens", "men's against none", [Claim("qini", 18)], "30.6 (39.7, 22.9); −38 ± 54 bp"),
]


def visit_model(X, visit):
    """P(visit | features) as a function of features."""
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, visit)
    return lambda X: model.predict_proba(X)[:, 1]


def measure_half(backend, X, mailed, visit, train, test, seed):
    from metrics import lift_at, qini

    fitted = backend.fit(X[train], visit[train], mailed[train], {"seed": seed})
    uplift = fitted.score(X[test])[0][:, 2]
    seen, unseen = train[mailed[train] == 1], train[mailed[train] == 0]
    engagement = visit_model(X[seen], visit[seen])(X[test])
    t_learner = engagement - visit_model(X[unseen], visit[unseen])(X[test])

    def area(score):
        return 1e4 * qini(score, mailed[test], visit[test])

    def top_half(score):
        # lift_at() counts visits per 1,000 e-mails.
        return 10 * lift_at(score, mailed[test], visit[test], None, (0.5,))["inc50"]

    return {
        "qini": area(uplift),
        "engagement": area(engagement),
        "t_learner": area(t_learner),
        "gain": top_half(uplift) - top_half(engagement),
    }


def measure(backend, arm):
    """Means over the splits, and how far the gains of the splits agree."""
    from hillstrom import hillstrom

    X, mailed, visit, _, _ = hillstrom(arm.key)
    splits = []
    for seed in SPLIT_SEEDS:
        started = time.monotonic()
        first, second = np.array_split(np.random.default_rng(seed).permutation(len(X)), 2)
        halves = [
            measure_half(backend, X, mailed, visit, train, test, seed)
            for train, test in [(first, second), (second, first)]
        ]
        splits.append({name: float(np.mean([half[name] for half in halves])) for name in halves[0]})
        shown = ", ".join(f"{name} {value:.1f}" for name, value in splits[-1].items())
        shown += f" ({time.monotonic() - started:.0f} s)"
        print(f"{backend.name}: {arm.title}, split {seed}: {shown}", file=sys.stderr)
    measured = {name: float(np.mean([split[name] for split in splits])) for name in splits[0]}
    gains = [split["gain"] for split in splits]
    measured["spread"] = float(np.std(gains, ddof=1))
    measured["positive"] = sum(gain > 0 for gain in gains)
    return measured


def cell(measured):
    return (
        f"{measured['qini']:.1f} ({measured['engagement']:.1f}, {measured['t_learner']:.1f}); "
        f"{measured['gain']:+.0f} bp (sd {measured['spread']:.0f}), "
        f"{measured['positive']} of {len(SPLIT_SEEDS)}"
    )


def report(backends, keys):
    """Prints the table; whether every claim holds."""
    judged, others = backends[0], backends[1:]
    lines, holds = [], True
    for arm in ARMS:
        if keys and arm.key not in keys:
            continue
        measured = measure(judged, arm)
        must, verdict = judge(arm.claims, measured)
        holds &= not verdict.startswith("MISSED")
        here = [cell(measure(other, arm)) for other in others]
        lines.append([arm.title, cell(measured), arm.published, *here, must, verdict])
    if lines:
        figures = "Qini (engagement model, T-learner); gain, splits above 0"
        header = ["arm", f"{judged.name}: {figures}", "reference, on other splits"]
        header += [f"{other.name} here" for other in others]
        splits = f"means of {len(SPLIT_SEEDS)} half splits, both halves"
        print(f"## Hillstrom's e-mail test ({splits})\n")
        print(table([*header, "must reach", "result"], lines))
        print()
    return holds
