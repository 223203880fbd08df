"""Which campaign for whom, within a budget: three campaigns with known truth, and Hillstrom's two e-mails."""

import importlib.util
import json
import os
import time

import numpy as np
from claims import JUDGED
from report import progress, table
from rivals import TREES, tree_engagement

SEEDS = [1, 2, 3]
TRIAL_ROWS, OTHER_ROWS = 100_000, 50_000
# Each as a share of what contacting everybody costs whom one of the campaigns truly pays for.
BUDGETS = [1, 0.5, 0.25, 0.1]
MOST_ENGAGED = 0.3
RECOMMEND, LAST_TOUCH, ENGAGEMENT = "`campaign_uplift`", "last touch", "engagement"
RANKINGS = [RECOMMEND, TREES, LAST_TOUCH, ENGAGEMENT]
LEAST_SHARE, LEAST_SAVED = 95, 60
# By how many percent of its net value the recommendation must be ahead, by budget.
AHEAD = {TREES: [0, 0, 0, 0], LAST_TOUCH: [0, 0, 0, 0], ENGAGEMENT: [4, 5, 10, 30]}

EXPLANATION = f"""\
Three campaigns on the reference's simulated customers, whose true chance to be moved by each campaign is known. A trial
of {TRIAL_ROWS:,} customers sends nothing to 40 % and each campaign to 20 %, at random; attribution misses 40 % of the
driven engagement, more of it among app users. One statement trains a model of each campaign (`GROUP BY`) on the customers who got it
or nothing. Then {OTHER_ROWS:,} other customers, each with the margins of a response (a discount costs margin) and costs of
.40, .08 and 1.60, are planned for.

Every ranking is used in the same way: `plan_campaigns` plans its estimate × value − cost within the budget, and
`choose_campaign` chooses. Without a budget that is the choice of `recommend_campaign`. The figure is the plan's true net value
as a share of that of the plan by the true chances, which is the best possible; a budget of 100 % is what that plan costs without
a budget. The rivals learn from the same customers, each campaign by itself: the {TREES}; LightGBM of "recorded as
campaign-driven" among those who were sent the campaign (last touch); and LightGBM of engagement among them. Means of
{len(SEEDS)} seeds with the standard error over them.
"Ahead" compares the means, in percent of the rival's.

Contacts saved: the customers that `campaign_uplift` needs to contact for as many conversions as the {MOST_ENGAGED:.0%} most likely to
engage bring, each with the best campaign by that ranking."""


def reference(shared):
    """Imports the reference's campaigns; a module here has the same name."""
    path = os.path.join(shared, "reference", "decide", "campaigns.py")
    spec = importlib.util.spec_from_file_location("reference_campaigns", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load(backend, name, names, X, others):
    """Loads features and other columns, given as {definition: values}."""
    columns = ["id int", *(f'"{name}" float8' for name in names), *others]
    rows = ([i, *row, *rest] for i, (row, *rest) in enumerate(zip(X.tolist(), *others.values())))
    backend.load(name, columns, rows)


def train(backend, names, X, arm, segment, options):
    """Trains a model of each campaign on those who got it (arm 1, 2, …) or nothing (arm 0).

    Returns the names of the models.
    """
    load(backend, "trial", names, X, {"arm int": arm.tolist(), "observed_segment text": segment.tolist()})
    prefix = f"{backend.campaign}_"
    features = ", ".join(f't."{name}"' for name in names)
    backend.execute(
        f"""SELECT save_model(%(prefix)s || k, train_intent_model(f, observed_segment, arm = k, %(options)s::jsonb))
            FROM trial t JOIN generate_series(1, %(arms)s) AS k ON arm IN (0, k), LATERAL (SELECT {features}) f
            GROUP BY k""",
        {"prefix": prefix, "options": json.dumps(options), "arms": int(arm.max())},
    )
    return [f"{prefix}{k}" for k in range(1, arm.max() + 1)]


def recommend(backend, names, X, models, values, costs):
    """Returns the number of the campaign of each customer (−1: none), and its expected value."""
    worth = {f"value{k} float8": column.tolist() for k, column in enumerate(values.T)}
    load(backend, "others", names, X, worth)
    columns = ", ".join(f"value{k}" for k in range(len(models)))
    rows = backend.rows(
        f"""SELECT coalesce(array_position(%(models)s::text[], (r).campaign), 0) - 1 AS campaign,
                   coalesce((r).expected_value, 0) AS value
            FROM (SELECT id, recommend_campaign(o, %(models)s::text[], ARRAY[{columns}], %(costs)s::float8[]) AS r
                  FROM others o OFFSET 0) s ORDER BY id""",
        {"models": models, "costs": list(map(float, costs))},
    )
    return np.array([row["campaign"] for row in rows]), np.array([row["value"] for row in rows])


def uplifts(backend, names, X, models):
    """Returns campaign_uplift by each model, customers × models."""
    load(backend, "others", names, X, {})
    scores = ", ".join(f"campaign_uplift(o, '{model}') AS score{k}" for k, model in enumerate(models))
    rows = backend.rows(f"SELECT {scores} FROM others o ORDER BY id")
    return np.array([list(row.values()) for row in rows])


def best_of(expected):
    """Returns the number and the expected value of each customer's best campaign."""
    campaign = expected.argmax(1)
    return campaign, expected[np.arange(len(expected)), campaign]


def plan(backend, benefits, costs, budget=None):
    """Returns the campaign of each customer (−1: none) by plan_campaigns and choose_campaign."""
    backend.load("offers", ["id int", "benefits float8[]"], enumerate(benefits.tolist()))
    options = {} if budget is None else {"budget": float(budget)}
    rows = backend.rows(
        """WITH plan AS MATERIALIZED (SELECT plan_campaigns(benefits, %(costs)s::float8[], %(options)s::jsonb) AS of_all FROM offers)
           SELECT coalesce((choose_campaign(benefits, %(costs)s::float8[], of_all)).campaign::int, 0) - 1 AS campaign
           FROM offers, plan ORDER BY id""",
        {"costs": list(map(float, costs)), "options": json.dumps(options)},
    )
    return np.array([row["campaign"] for row in rows])


def value_of(net, campaign):
    """Returns the sum of what the campaign of each customer truly brings."""
    sent = np.flatnonzero(campaign >= 0)
    return net[sent, campaign[sent]].sum()


def rivals(X, arm, segment, others):
    """Returns the estimate of each rival, customers × campaigns."""
    engaged = (segment != "low_engagement").astype(int)
    driven = (segment == "campaign_driven").astype(int)
    none = arm == 0
    without = tree_engagement(X[none], engaged[none])(others)
    uplift, touched, engagement = [], [], []
    for k in range(1, arm.max() + 1):
        sent = arm == k
        with_it = tree_engagement(X[sent], engaged[sent])(others)
        uplift.append(with_it - without)
        touched.append(tree_engagement(X[sent], driven[sent])(others))
        engagement.append(with_it)
    estimates = {TREES: uplift, LAST_TOUCH: touched, ENGAGEMENT: engagement}
    return {name: np.column_stack(columns) for name, columns in estimates.items()}


def contacts_saved(ours, engagement, moved):
    """Returns the share of contacts that our ranking saves; a ranking is (campaign, score)."""
    each = np.arange(len(moved))
    conversions = {}
    for name, (campaign, score) in {"ours": ours, "theirs": engagement}.items():
        order = np.argsort(-score, kind="stable")
        conversions[name] = np.cumsum((moved[each, campaign])[order])
    contacts = int(MOST_ENGAGED * len(moved))
    needed = np.searchsorted(conversions["ours"], conversions["theirs"][contacts - 1]) + 1
    return 100 * (1 - needed / contacts)


def measure(backend, shared, seed):
    """Returns {ranking: share of the best possible at each budget}, and the contacts saved."""
    started = time.monotonic()
    module = reference(shared)
    import simulate

    X, organic, moved, _ = module.customers(TRIAL_ROWS, seed)
    arm, _, _, segment = module.trial(X, organic, moved, np.random.default_rng(seed))
    models = train(backend, simulate.NAMES, X, arm, segment, {"seed": seed})
    others, _, chance, values = module.customers(OTHER_ROWS, 500 + seed)
    costs = module.COST
    estimates = rivals(X, arm, segment, others)
    estimates[RECOMMEND] = uplifts(backend, simulate.NAMES, others, models)
    net = chance * values - costs
    best = plan(backend, net, costs)
    whole = costs[best[best >= 0]].sum()
    shares = {name: [] for name in RANKINGS}
    for budget in BUDGETS:
        best = value_of(net, plan(backend, net, costs, budget * whole))
        for name in RANKINGS:
            planned = plan(backend, estimates[name] * values - costs, costs, budget * whole)
            shares[name].append(100 * value_of(net, planned) / best)
    ones = np.ones_like(values)
    uplift = recommend(backend, simulate.NAMES, others, models, ones, np.zeros(len(costs)))
    saved = contacts_saved(uplift, best_of(estimates[ENGAGEMENT]), chance)
    shown = "; ".join(f"{name} {cells(share)}" for name, share in shares.items())
    progress(f"three campaigns, seed {seed}: {shown}; {saved:.0f} % of contacts saved", started)
    return shares, saved


def cells(shares):
    return " / ".join(f"{share:.1f}" for share in shares)


def policy_gain(recommended, sent, outcome, baseline):
    """Returns the gain of sending what is recommended over sending one campaign to all, and its error.

    Customers are grouped by what is recommended to them; within a group the sends were random.
    """
    arms = range(sent.max() + 1)
    share = np.array([(recommended == k).mean() for k in arms])
    gain, variance = np.zeros(len(share)), np.zeros(len(share))
    for k in arms:
        if k != baseline and share[k] > 0:
            both = [outcome[(recommended == k) & (sent == arm)] for arm in (k, baseline)]
            gain[k] = both[0].mean() - both[1].mean()
            variance[k] = sum(one.var() / len(one) for one in both)
    total = (share * gain).sum()
    spread = (share * (gain - total) ** 2).sum() / len(sent)
    return total, np.sqrt((share**2 * variance).sum() + spread)


def which_email(backend):
    """Returns the gain of recommending one of two e-mails over men's to all, in visits per 1,000."""
    from campaigns import HILLSTROM_NAMES
    from hillstrom import hillstrom

    started = time.monotonic()
    X, _, visit, _, frame = hillstrom("both")
    sent = frame.segment.map({"No E-Mail": 0, "Mens E-Mail": 1, "Womens E-Mail": 2}).to_numpy()
    segment = np.where(visit == 1, "organic", "low_engagement")
    recommended = np.zeros(len(X), int)
    halves = np.array_split(np.random.default_rng(1).permutation(len(X)), 2)
    for one, other in (halves, halves[::-1]):
        models = train(backend, HILLSTROM_NAMES, X[one], sent[one], segment[one], {"seed": 1})
        ones = np.ones((len(other), 2))
        recommended[other] = 1 + recommend(backend, HILLSTROM_NAMES, X[other], models, ones, [0, 0])[0]
    gain, error = policy_gain(recommended, sent, visit, 1)
    progress(f"which e-mail: {1e3 * gain:+.2f} ± {1e3 * error:.2f} visits per 1,000", started)
    return 1e3 * gain, 1e3 * error, (recommended == 2).mean()


def judged(shares, saved):
    """Returns a line for each claim, and True if all hold."""
    mean = {name: shares[name].mean(0) for name in RANKINGS}
    claims = []
    for place, budget in enumerate(BUDGETS):
        least = shares[RECOMMEND][:, place].min()
        title = f"budget {budget:.0%}"
        claims.append((title, f"each seed ≥ {LEAST_SHARE}", f"{least:.1f}", least >= LEAST_SHARE))
        for name, percent in AHEAD.items():
            ahead = 100 * (mean[RECOMMEND][place] / mean[name][place] - 1)
            # "Ahead" is more than 0; "not behind" may be equal.
            holds = ahead >= percent[place] and (ahead > 0 or name == LAST_TOUCH)
            claims.append((title, f"ahead of {name} by {percent[place]} %", f"{ahead:.1f} %", holds))
    claims.append(("conversions", f"contacts saved ≥ {LEAST_SAVED} %", f"{saved.mean():.0f} %", saved.mean() >= LEAST_SAVED))
    lines = [[title, text, value, "ok" if holds else "MISSED"] for title, text, value, holds in claims]
    return lines, all(holds for *_, holds in claims)


def write(report, pool, keys, shared):
    if keys and "recommendation" not in keys:
        return
    measured = pool.map(measure, [(shared, seed) for seed in SEEDS])
    ((gain, error, womens),) = pool.map(which_email, [()])
    shares = {name: np.array([one[name] for one, _ in measured]) for name in RANKINGS}
    saved = np.array([one for _, one in measured])
    lines = []
    for name in RANKINGS:
        errors = shares[name].std(0, ddof=1) / np.sqrt(len(SEEDS))
        lines.append([name, *(f"{m:.1f} ± {e:.1f}" for m, e in zip(shares[name].mean(0), errors))])
    verdicts, holds = judged(shares, saved)
    report.holds &= holds
    report.write("## Which campaign for whom", EXPLANATION)
    report.write(table(["net value, % of the best possible", *(f"budget {b:.0%}" for b in BUDGETS)], lines))
    report.write(table(JUDGED, verdicts))
    report.write(
        f"""\
Hillstrom, which e-mail: models of both e-mails, cross-fitted over two halves, recommend the women's to {womens:.0%} of the
customers and the men's to nearly all others. That brings {gain:+.2f} ± {error:.2f} visits per 1,000 customers over the men's to all.
{"This is no significant win." if abs(gain) < 1.96 * error else ""}""".rstrip()
    )
