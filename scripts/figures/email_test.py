"""Hillstrom's randomised e-mail test, in which the effect of a mailing can be measured."""

import time
from dataclasses import dataclass

import numpy as np
from claims import JUDGED, Claim, judge
from report import progress, table
from rivals import logistic_engagement

# The seed of each split, and of its two trainings.
SPLIT_SEEDS = [1, 2, 3, 4, 5, 6, 7, 8]

EXPLANATION = """\
A third of 64,000 customers got a men's e-mail, a third a women's, a third none; engaged means that the customer
visited. pg_intent learns from exposure alone: a visitor is recorded as organic, everybody else as low_engagement, and
no campaign label exists.

The customers are split into halves at random, eight times, and both halves of each split are held out in turn: a Qini
depends on the choice of the half by about as much as two methods differ. For the same reason all models are measured on
the same halves. The figures are means over the sixteen held-out halves. Definitions:

- Qini: customers are ranked by `campaign_uplift`; mean gap between their Qini curve and the straight line of a random
  order, x 10,000 (basis points of the incremental visit rate).
- Incremental visit rate of a set of customers: visit rate of its mailed minus that of its unmailed.
- Engagement model: logistic regression of P(visit | features, mailed) on the mailed customers of the training half,
  features standardised; the "most engaged" targeting of common practice.
- T-learner: the engagement model minus the same model trained on the unmailed.
- Gain: the incremental visit rate of the half of the held-out customers that `campaign_uplift` ranks highest, minus that
  of the half that the engagement model ranks highest, in basis points. Its standard deviation is over the
  splits, and no error over customers."""


@dataclass(frozen=True)
class Arm:
    """E-mails that are compared with none, and the claims for them."""

    key: str
    title: str
    claims: list
    published: str
    """Qini (engagement model, T-learner) and gain as the design reports them, on other splits."""


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


def halves(arm, seed):
    """Returns the rows of an arm, and each half as (training, held out) with the other."""
    from hillstrom import hillstrom

    X, mailed, visit, _, _ = hillstrom(arm)
    first, second = np.array_split(np.random.default_rng(seed).permutation(len(X)), 2)
    return X, mailed, visit, [(first, second), (second, first)]


def area(score, mailed, visit):
    from metrics import qini

    return 1e4 * qini(score, mailed, visit)


def measure_half(backend, X, mailed, visit, train, test, seed):
    from metrics import lift_at

    fitted = backend.fit(X[train], visit[train], mailed[train], {"seed": seed})
    uplift, _ = fitted.rank(X[test])
    seen, unseen = train[mailed[train] == 1], train[mailed[train] == 0]
    engagement = logistic_engagement(X[seen], visit[seen])(X[test])
    t_learner = engagement - logistic_engagement(X[unseen], visit[unseen])(X[test])

    def top_half(score):
        # lift_at() counts visits per 1,000 e-mails.
        return 10 * lift_at(score, mailed[test], visit[test], None, (0.5,))["inc50"]

    return {
        "qini": area(uplift, mailed[test], visit[test]),
        "engagement": area(engagement, mailed[test], visit[test]),
        "t_learner": area(t_learner, mailed[test], visit[test]),
        "gain": top_half(uplift) - top_half(engagement),
    }


def measure_split(backend, arm, seed):
    """Returns the means over both halves of a split."""
    started = time.monotonic()
    X, mailed, visit, both = halves(arm.key, seed)
    measured = [measure_half(backend, X, mailed, visit, *half, seed) for half in both]
    split = {name: float(np.mean([half[name] for half in measured])) for name in measured[0]}
    shown = ", ".join(f"{name} {value:.1f}" for name, value in split.items())
    progress(f"{backend.name}: {arm.title}, split {seed}: {shown}", started)
    return split


def measure(pool, arm):
    """Returns the means over the splits, and the deviation and the sign of their gains."""
    splits = pool.map(measure_split, [(arm, seed) for seed in SPLIT_SEEDS])
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


def write(report, judged, others, keys):
    arms = [arm for arm in ARMS if not keys or arm.key in keys]
    if not arms:
        return
    lines, verdicts = [], []
    for arm in arms:
        measured = measure(judged, arm)
        here = [cell(measure(other, arm)) for other in others]
        lines.append([arm.title, cell(measured), arm.published, *here])
        texts, holds = judge(arm.title, arm.claims, measured)
        verdicts += texts
        report.holds &= holds
    figures = "Qini (engagement model, T-learner); gain, splits above 0"
    header = ["", f"{judged.name}: {figures}", "reference, on other splits"]
    header += [f"{other.name} here" for other in others]
    splits = f"means of {len(SPLIT_SEEDS)} half splits, both halves"
    report.write(f"## Hillstrom's e-mail test ({splits})", EXPLANATION)
    report.write(table(header, lines), table(JUDGED, verdicts))
