"""A campaign that learns from its own targeted sends, with and without the chance by which they were sent."""

import json
import time

import numpy as np
from claims import JUDGED, decimals
from recommendation import load, reference
from report import progress, table

SEEDS = [1, 2, 3]
ROWS = 60_000
TRIAL_SHARE, RECOMMENDED_SHARE, MISSED = 0.3, 0.3, 0.4
HOLDOUT, EXPLORE = 0.1, 0.05
GUARD = "exposure was not random"
GREEDY = "greedy: all recommended, nobody else"
RECORDED = f"holdout {HOLDOUT:.0%}, explore {EXPLORE:.0%}, propensity recorded"
FORGOTTEN = "the same, propensity forgotten"
TRUE = "true"
MOST_OFF = 0.15

EXPLANATION = f"""\
Round 1 sends the reference's discount e-mail to {TRIAL_SHARE:.0%} of {ROWS:,} simulated customers at random. Of {ROWS:,} others, round 2
recommends it to the {RECOMMENDED_SHARE:.0%} with the highest `campaign_uplift`, sends, and trains the next model on these sends alone. "Greedy"
sends exactly what is recommended; the other two send by `assign_campaign`, and train with the propensity that it returned, or
without it. Attribution misses {MISSED:.0%}. Figures over a further {ROWS:,} customers: campaign share (of the engagement of
exposed customers), and mean `campaign_uplift`. Means of {len(SEEDS)} seeds with the standard error over them."""


def observed(X, names, organic, moved, exposed, random):
    """Returns the segment that attribution records; it misses more of the app users, as in the reference."""
    drawn = random.random(len(X))
    app = X[:, names.index("app_user")] > 0
    high = 1.6 * MISSED
    low = max(0.0, (MISSED - app.mean() * high) / (1 - app.mean()))
    missed = random.random(len(X)) < np.where(app, high, low)
    engaged = np.where(missed, "organic", "campaign_driven")
    driven = exposed & (drawn >= organic) & (drawn < organic + moved)
    return np.where(drawn < organic, "organic", np.where(driven, engaged, "low_engagement"))


def train(backend, names, X, exposed, segment, seed, propensity=None):
    """Trains the model of the backend; returns True if it warns of exposure that was not random."""
    columns = {"exposed boolean": exposed.tolist(), "observed_segment text": segment.tolist()}
    given = [None] * len(X) if propensity is None else propensity.tolist()
    load(backend, "sends", names, X, columns | {"propensity float8": given})
    features = ", ".join(f's."{name}"' for name in names)
    backend.execute(
        f"""SELECT save_model(%(campaign)s, train_intent_model(f, observed_segment, exposed, propensity, NULL, %(options)s::jsonb))
            FROM sends s, LATERAL (SELECT {features}) f""",
        {"campaign": backend.campaign, "options": json.dumps({"seed": seed})},
    )
    return any(GUARD in warning for warning in backend.info()["warnings"])


def assign(backend, recommended, salt):
    """Returns who is sent the campaign by assign_campaign, and the propensities."""
    rows = backend.rows(
        """SELECT a.exposed, a.propensity FROM unnest(%(recommended)s::boolean[]) WITH ORDINALITY AS r (recommended, id),
           LATERAL assign_campaign(id, CASE WHEN recommended THEN 'discount' END, ARRAY['discount'], %(holdout)s, %(explore)s, %(salt)s) AS a
           ORDER BY id""",
        {"recommended": recommended.tolist(), "holdout": HOLDOUT, "explore": EXPLORE, "salt": salt},
    )
    return np.array([row["exposed"] for row in rows]), np.array([row["propensity"] for row in rows])


def measure(backend, shared, seed):
    """Returns {variant: (campaign share, mean uplift, warned)}, and the conversions that chance costs."""
    started = time.monotonic()
    module = reference(shared)
    import simulate

    names, random = simulate.NAMES, np.random.default_rng(seed)
    X, organic, chances, _ = module.customers(ROWS, 1000 + seed)
    exposed = random.random(ROWS) < TRIAL_SHARE
    segment = observed(X, names, organic, chances[:, 0], exposed, random)
    train(backend, names, X, exposed, segment, seed)
    X, organic, chances, _ = module.customers(ROWS, 2000 + seed)
    moved = chances[:, 0]
    uplift = backend.rank(X, names)[0]
    recommended = uplift > np.quantile(uplift, 1 - RECOMMENDED_SHARE)
    by_chance, propensity = assign(backend, recommended, f"round 2 of {seed}")
    others, other_organic, other_chances, _ = module.customers(ROWS, 3000 + seed)
    true = other_chances[:, 0]
    measured = {TRUE: (true.mean() / (other_organic + true).mean(), true.mean(), False)}
    for name, sent, given in [
        (GREEDY, recommended, None),
        (RECORDED, by_chance, propensity),
        (FORGOTTEN, by_chance, None),
    ]:
        segment = observed(X, names, organic, moved, sent, np.random.default_rng(100 + seed))
        warned = train(backend, names, X, sent, segment, seed, given)
        uplift, _, P = backend.rank(others, names)
        measured[name] = P[:, 2].sum() / P[:, 1:].sum(), uplift.mean(), warned
    cost = 1 - moved[by_chance].sum() / moved[recommended].sum()
    shown = "; ".join(
        f"{name} {decimals(share)} {decimals(mean)}{' warns' if warned else ''}"
        for name, (share, mean, warned) in measured.items()
    )
    progress(f"the loop, seed {seed}: {shown}; {cost:.1%} of the conversions", started)
    return measured, cost


def with_error(values):
    error = np.std(values, ddof=1) / np.sqrt(len(values))
    return f"{decimals(np.mean(values))} ± {decimals(error)}"


def write(report, pool, keys, shared):
    if keys and "loop" not in keys:
        return
    results = pool.map(measure, [(shared, seed) for seed in SEEDS])
    lines, warned = [], {}
    for name in (TRUE, GREEDY, RECORDED, FORGOTTEN):
        shares, means, warnings = zip(*(measured[name] for measured, _ in results))
        warned[name] = f"{sum(warnings)} of {len(SEEDS)}"
        cell = "–" if name == TRUE else warned[name]
        lines.append([name, with_error(shares), with_error(means), cell])
    off = [measured[RECORDED][1] / measured[TRUE][1] - 1 for measured, _ in results]
    shown = ", ".join(f"{one:+.1%}" for one in off)
    within = max(map(abs, off)) <= MOST_OFF
    every, none = f"{len(SEEDS)} of {len(SEEDS)}", f"0 of {len(SEEDS)}"
    claims = [
        (RECORDED, f"mean uplift of each seed within {MOST_OFF:.0%} of the true one", shown, within),
        (RECORDED, "the guard is silent", warned[RECORDED], warned[RECORDED] == none),
        (GREEDY, "the guard warns", warned[GREEDY], warned[GREEDY] == every),
        (FORGOTTEN, "the guard warns", warned[FORGOTTEN], warned[FORGOTTEN] == every),
    ]
    verdicts = [[name, text, value, "ok" if holds else "MISSED"] for name, text, value, holds in claims]
    report.holds &= all(holds for *_, holds in claims)
    cost = np.mean([cost for _, cost in results])
    report.write("## Learning from targeted sends", EXPLANATION)
    header = ["round 2", "campaign share ± error", "mean uplift ± error", f'warning "{GUARD}"']
    report.write(table(header, lines), table(JUDGED, verdicts))
    report.write(f"Sending by chance costs {cost:.1%} of the conversions of round 2.")
