"""Exposure that was not random: simulated customers, of whom the frequent ones were chosen."""

import time

import numpy as np
from claims import JUDGED, decimals
from report import progress, table

SEEDS = [1, 2, 3]
TEST_ROWS = 20_000
# Customers who buy more than three times were exposed, but for the fifth that was drawn at random.
CONFOUNDED = """\
CREATE TEMPORARY TABLE conf AS SELECT * FROM simulate_customers(60000, 0.4, 0.6, %(seed)s)
WHERE CASE WHEN exposed THEN frequency > 3 OR customer_id %% 5 = 0
           ELSE frequency <= 3 OR customer_id %% 5 = 0 END"""
# The chance of exposure in `conf`: 0.6 of a fifth, or of all, were kept as exposed.
PROPENSITY = ", CASE WHEN frequency > 3 THEN 0.6 / 0.68 ELSE 0.12 / 0.52 END AS propensity"
QUERY = """\
SELECT recency, frequency, monetary, discount_share, coupons, email_opens, tier, app_user,
  CASE observed_segment WHEN 'low_engagement' THEN observed_segment ELSE 'organic' END AS observed_segment,
  exposed{} FROM conf"""
WITHOUT, ESTIMATED, GIVEN = "default", '`{"propensity": "estimate"}`', "given propensity"
# name: (further column of the query, training options)
VARIANTS = {
    WITHOUT: ("", {}),
    ESTIMATED: ("", {"propensity": "estimate"}),
    GIVEN: (PROPENSITY, {}),
}
LEAST_AUC = 0.90
GUARD = "exposure was not random"

EXPLANATION = f"""\
About 36,000 customers of `simulate_customers(60000)`: of those who bought more than three times all were exposed, of the
others none, except for a fifth of both whose exposure was random. No campaign label exists. AUC: the intent of
{TEST_ROWS:,} other customers, of those who were exposed and truly engaged; means of {len(SEEDS)} seeds with the standard
error over them."""


def measure(backend, seed):
    """Returns {variant: (AUC, True if the guard fired)}."""
    started = time.monotonic()
    backend.execute("DROP TABLE IF EXISTS conf")
    # A statement that creates a table takes no parameters of the protocol.
    backend.execute(CONFOUNDED % {"seed": seed})
    measured = {}
    for name, (column, options) in VARIANTS.items():
        backend.train(QUERY.format(column), {"seed": seed, **options})
        warned = any(GUARD in warning for warning in backend.info()["warnings"])
        measured[name] = auc_of_others(backend, seed), warned
    shown = ", ".join(f"{name} {decimals(auc)}" for name, (auc, _) in measured.items())
    progress(f"exposure that was not random, seed {seed}: AUC {shown}", started)
    return measured


def auc_of_others(backend, seed):
    """Returns the AUC of the intent, of customers that the model did not see."""
    from sklearn.metrics import roc_auc_score

    rows = backend.rows(
        """SELECT true_segment = 'campaign_driven' AS driven, campaign_intent(c, %(campaign)s) AS intent
           FROM simulate_customers(%(rows)s, 0.4, 0.6, %(seed)s) AS c
           WHERE exposed AND true_segment <> 'low_engagement'""",
        {"campaign": backend.campaign, "rows": TEST_ROWS, "seed": 100 + seed},
    )
    return roc_auc_score([row["driven"] for row in rows], [row["intent"] for row in rows])


def write(report, pool, keys):
    if keys and "not_random" not in keys:
        return
    measured = pool.map(measure, [(seed,) for seed in SEEDS])
    lines, means, fired = [], {}, {}
    for name in VARIANTS:
        aucs = np.array([one[name][0] for one in measured])
        means[name], fired[name] = aucs.mean(), sum(one[name][1] for one in measured)
        error = aucs.std(ddof=1) / np.sqrt(len(aucs))
        warned = f"{fired[name]} of {len(SEEDS)}"
        lines.append([name, f"{decimals(means[name])} ± {decimals(error)}", warned])
    claims = [
        ("AUC ≥ .900", ESTIMATED, decimals(means[ESTIMATED]), means[ESTIMATED] >= LEAST_AUC),
        ("the guard warns", WITHOUT, f"{fired[WITHOUT]} of {len(SEEDS)}", fired[WITHOUT] == len(SEEDS)),
        ("the guard is silent", ESTIMATED, f"{fired[ESTIMATED]} of {len(SEEDS)}", not fired[ESTIMATED]),
    ]
    verdicts = [[name, text, value, "ok" if holds else "MISSED"] for text, name, value, holds in claims]
    report.holds &= all(holds for *_, holds in claims)
    report.write("## Exposure that was not random", EXPLANATION)
    report.write(table(["", "AUC ± error", 'warning "exposure was not random"'], lines))
    report.write(table(JUDGED, verdicts))
