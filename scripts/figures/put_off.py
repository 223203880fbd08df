"""Customers whom a campaign puts off: simulated app users, for whom sending is the wrong thing."""

import time

import numpy as np
from claims import JUDGED, decimals
from report import progress, table
from resampling import incremental_rate

SEEDS = [1, 2, 3]
ROWS, TEST_ROWS = 40_000, 20_000
# Exposure is inverted for app users, so that those of them who were sent it engage less.
DOGS = """\
SELECT recency, frequency, tier, app_user,
  CASE observed_segment WHEN 'low_engagement' THEN observed_segment ELSE 'organic' END AS observed_segment,
  exposed <> app_user AS exposed FROM simulate_customers({}, 0.4, 0.6, {})"""
WARNING = "put off"
# The chance that another customer ranks above an app user.
LEAST_RANKED_LAST = 0.9

EXPLANATION = f"""\
{ROWS:,} simulated customers with four features; app users engage less if they get the campaign, the others more. No
campaign label exists. "Incremental" is the engaged share of the exposed minus that of the unexposed, per 1,000 of
{TEST_ROWS:,} other customers; "predicted" is their mean `campaign_uplift` times 1,000. "Ranked last" is the chance that
`campaign_uplift` ranks a customer without the app above an app user. Means of {len(SEEDS)} seeds, with the standard error
over customers (incremental) or over the seeds. App users are exposed less often here, so the warning of exposure that was
not random is right, too."""


def measure(backend, seed):
    """Returns the figures of one seed, and the warnings."""
    from sklearn.metrics import roc_auc_score

    started = time.monotonic()
    backend.train(DOGS.format(ROWS, seed), {"seed": seed})
    warnings = backend.info()["warnings"]
    rows = backend.rows(
        f"""SELECT app_user, exposed, observed_segment <> 'low_engagement' AS engaged,
                   campaign_uplift(c, %(campaign)s) AS uplift
            FROM ({DOGS.format(TEST_ROWS, 100 + seed)}) AS c""",
        {"campaign": backend.campaign},
    )
    app, exposed, engaged, uplift = (
        np.array([row[name] for row in rows])
        for name in ("app_user", "exposed", "engaged", "uplift")
    )
    predicted = [1e3 * uplift[app].mean(), 1e3 * uplift[~app].mean()]
    last = roc_auc_score(~app, uplift)
    progress(f"put off, seed {seed}: ranked last {decimals(last)}", started)
    return predicted, last, (app, exposed.astype(int), engaged), warnings


def rates(outcomes):
    """Returns the incremental rate of app users and of others, with their errors, as text."""
    app, exposed, engaged = (np.concatenate(one) for one in zip(*outcomes))
    texts = []
    for rows in (app, ~app):
        value, error = incremental_rate(exposed[rows], engaged[rows], np.arange(rows.sum()))
        texts.append(f"{value:+.0f} ± {error:.0f}".replace("-", "−"))
    return texts


def with_error(values, digits):
    """Returns the mean over the seeds and its standard error as text."""
    error = np.std(values, ddof=1) / np.sqrt(len(values))
    return f"{np.mean(values):.{digits}f} ± {error:.{digits}f}".replace("-", "−")


def write(report, pool, keys):
    if keys and "put_off" not in keys:
        return
    predicted, last, outcomes, warnings = zip(*pool.map(measure, [(seed,) for seed in SEEDS]))
    lines = [
        [name, incremental, with_error(values, 0)]
        for name, incremental, values in zip(
            ("app users", "others"), rates(outcomes), zip(*predicted)
        )
    ]
    warned = sum(any(WARNING in warning for warning in one) for one in warnings)
    ranked = np.mean(last) >= LEAST_RANKED_LAST
    words = {True: "ok", False: "MISSED"}
    verdicts = [
        ["app users", "ranked last ≥ .900", with_error(last, 3), words[bool(ranked)]],
        [
            "the training",
            'warns of customers who are "put off"',
            f"{warned} of {len(SEEDS)}",
            words[warned == len(SEEDS)],
        ],
    ]
    report.holds &= bool(ranked) and warned == len(SEEDS)
    report.write("## Customers whom the campaign puts off", EXPLANATION)
    report.write(table(["", "incremental", "predicted"], lines), table(JUDGED, verdicts))
    raised = [[str(seed), text] for seed, one in zip(SEEDS, warnings) for text in one]
    report.write(table(["seed", "warning"], raised or [["–", "none"]]))
