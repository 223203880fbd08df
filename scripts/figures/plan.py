"""Plans within a budget, caps and floors, beside the optimum of a MILP solver."""

import json
import os
import time

import numpy as np
from claims import JUDGED
from recommendation import reference
from report import progress, table
from server import Connection

CUSTOMERS, MANY = 20_000, 1_000_000
LEAST_OF_OPTIMUM = 0.9995
MOST_ERRORS = 3.5
MOST_SECONDS = 2
# The mean cost of a contact if everybody gets the campaign of the highest benefit.
MEAN_COST = 0.426
NORTH, SOUTH = "north", "south"

# Options of each set of bounds, by the number of customers.
BOUNDS = {
    "budget": lambda n: {"budget": money(0.25, n)},
    "caps": lambda n: {"caps": caps(n, 0.10, 0.20, 0.05)},
    "budget, caps": lambda n: {"budget": money(0.25, n), "caps": caps(n, 0.10, 0.20, 0.02)},
    "budget, floors": lambda n: {"budget": money(0.10, n), "floors": floors(0.30, 0.45)},
    "budget, caps, floors": lambda n: {
        "budget": money(0.15, n),
        "caps": caps(n, 0.08, 0.25, 0.02),
        "floors": floors(0.25, 0.40),
    },
}

EXPLANATION = f"""\
Three campaigns with costs of .40, .08 and 1.60 on {CUSTOMERS:,} of the reference's simulated customers, whose benefits (true
uplift × margin − cost) all differ, with five sets of bounds. "Of the optimum" is the value of `plan_campaigns`, as
`choose_campaign` applies it row by row, over that of the best possible choice, which HiGHS finds (`scipy.optimize.milp`)
and which may split a customer; "of the bound" is it over the `value_bound` that the plan returns. "Elsewhere" applies the
plan to {CUSTOMERS:,} other customers: the largest difference of a campaign's contacts to the planned ones, in standard
errors of two samples. CPU: seconds of the backend for one plan of {MANY:,} customers, and for a sum of one benefit and
one cost over the same rows."""


def money(share, customers):
    return round(share * customers * MEAN_COST, 6)


def caps(customers, *shares):
    return {str(k): int(share * customers) for k, share in enumerate(shares, 1)}


def floors(north, south):
    return {NORTH: north, SOUTH: south}


def customers(shared, seed):
    """Returns the benefits and costs of each campaign and the group of each customer."""
    module = reference(shared)
    import simulate

    X, _, moved, margin = module.customers(CUSTOMERS, seed)
    costs = np.tile(module.COST, (CUSTOMERS, 1))
    age = X[:, simulate.NAMES.index("age_band")].astype(int)
    return moved * margin - costs, costs, np.where(age >= 4, SOUTH, NORTH)


def optimum(benefits, costs, group, options):
    """Returns the value of the best possible choice, which may split a customer."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array, csc_array, vstack

    n, k = benefits.shape
    place = np.arange(n * k)
    one_each = coo_array((np.ones(n * k), (place // k, place)), shape=(n, n * k))
    rows, low, high = [one_each], [np.full(n, -np.inf)], [np.ones(n)]

    def limit(weights, least, most):
        rows.append(csc_array(weights.reshape(1, -1).astype(float)))
        low.append([least])
        high.append([most])

    limit(costs, -np.inf, options.get("budget", np.inf))
    for campaign, cap in options.get("caps", {}).items():
        limit(place % k == int(campaign) - 1, -np.inf, cap)
    for name, floor in options.get("floors", {}).items():
        limit(np.repeat(group == name, k), np.ceil(floor * (group == name).sum() - 1e-9), np.inf)
    within = LinearConstraint(vstack(rows).tocsc(), np.concatenate(low), np.concatenate(high))
    return -milp(-benefits.ravel(), constraints=within, bounds=Bounds(0, 1)).fun


def load(connection, name, benefits, costs, group):
    columns = "benefits float8[], costs float8[], grp text"
    connection.execute(f"CREATE TEMPORARY TABLE {name} ({columns})")
    with connection.connection.cursor().copy(f"COPY {name} FROM STDIN") as copy:
        copy.set_types(["float8[]", "float8[]", "text"])
        for row in zip(benefits.tolist(), costs.tolist(), group.tolist()):
            copy.write_row(row)
    connection.execute(f"ANALYZE {name}")


def applied(connection, name, plan):
    """Returns what a plan comes to on a table: contacts, cost, value, contacts of each group."""
    query = f"""SELECT array_agg(c.campaign), sum(c.cost), sum(c.benefit), array_agg(grp)
        FROM {name}, LATERAL (SELECT * FROM choose_campaign(benefits, costs, %s::campaign_plan, grp) OFFSET 0) AS c"""
    chosen, cost, value, group = connection.rows(query, [plan])[0]
    chosen, group = np.array(chosen, object), np.array(group)
    contacts = {str(k): int((chosen == str(k)).sum()) for k in (1, 2, 3)}
    shares = {name: (chosen[group == name] != None).mean() for name in (NORTH, SOUTH)}  # noqa: E711
    return contacts, cost, value, shares


def holds(options, contacts, cost, shares):
    """Tells if no bound is broken."""
    return (
        cost <= options.get("budget", np.inf)
        and all(contacts[name] <= cap for name, cap in options.get("caps", {}).items())
        and all(shares[name] >= floor for name, floor in options.get("floors", {}).items())
    )


def errors(planned, elsewhere):
    """Returns the largest difference between the contacts of two samples, in standard errors."""
    largest = 0
    for name, count in planned.items():
        share = (count + elsewhere[name]) / (2 * CUSTOMERS)
        error = np.sqrt(2 * CUSTOMERS * share * (1 - share))
        largest = max(largest, abs(count - elsewhere[name]) / max(error, 1))
    return largest


def make_many(connection):
    """Makes a table of many customers, like the others, with benefits that all differ."""
    connection.execute("SELECT setseed(0.5)")
    connection.execute(
        f"""CREATE TEMPORARY TABLE many AS
            SELECT ARRAY(SELECT b + 0.1 * random() - 0.05 FROM unnest(benefits) AS b) AS benefits, costs, grp
            FROM planned, generate_series(1, {MANY // CUSTOMERS})"""
    )
    connection.execute("VACUUM ANALYZE many")


def cpu(connection, query, arguments=None):
    """Returns the CPU seconds that the backend takes for a query."""
    pid = connection.connection.info.backend_pid

    def used():
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")

    before = used()
    connection.rows(query, arguments)
    return used() - before


def measure(connection, title, rows):
    """Returns the cells of a set of bounds, and the claims with their values and verdicts."""
    started = time.monotonic()
    options = BOUNDS[title](CUSTOMERS)
    planning = "SELECT plan_campaigns(benefits, costs, %s::jsonb, grp) FROM"
    query = f"SELECT p::text, (p).value, (p).value_bound FROM ({planning} planned) AS planned(p)"
    plan, planned_value, bound = connection.rows(query, [json.dumps(options)])[0]
    contacts, cost, value, shares = applied(connection, "planned", plan)
    kept = holds(options, contacts, cost, shares) and abs(value - planned_value) <= 1e-9 * value
    share = value / optimum(*rows, options)
    elsewhere = errors(contacts, applied(connection, "others", plan)[0])
    seconds = cpu(connection, f"{planning} many", [json.dumps(BOUNDS[title](MANY))])
    progress(f"plan, {title}: {share:.6f} of the optimum, {seconds:.2f} s", started)
    cells = [f"{share:.6f}", f"{value / bound:.6f}", f"{elsewhere:.1f}", f"{seconds:.2f} s"]
    claims = [
        ("bounds on the planned rows", "kept, with the returned value", "kept" if kept else "broken", kept),
        ("value", f"≥ {LEAST_OF_OPTIMUM} of the optimum", f"{share:.6f}", share >= LEAST_OF_OPTIMUM),
        ("elsewhere", f"≤ {MOST_ERRORS} standard errors", f"{elsewhere:.1f}", elsewhere <= MOST_ERRORS),
        ("CPU", f"≤ {MOST_SECONDS} s", f"{seconds:.2f} s", seconds <= MOST_SECONDS),
    ]
    return cells, claims


def write(report, keys, shared):
    if keys and "plan" not in keys:
        return
    rows = customers(shared, 1)
    lines, verdicts = [], []
    with Connection() as connection:
        load(connection, "planned", *rows)
        load(connection, "others", *customers(shared, 2))
        make_many(connection)
        scan = cpu(connection, "SELECT sum(benefits[1] + costs[1]) FROM many")
        for title in BOUNDS:
            cells, claims = measure(connection, title, rows)
            lines.append([title, *cells, f"{scan:.2f} s"])
            for claim, text, value, is_met in claims:
                report.holds &= bool(is_met)
                verdicts.append([f"{title}: {claim}", text, value, "ok" if is_met else "MISSED"])
    header = ["bounds", "of the optimum", "of the bound", "elsewhere", "CPU of the plan", "CPU of a sum"]
    report.write("## Plans within bounds", EXPLANATION)
    report.write(table(header, lines), table(JUDGED, verdicts))
