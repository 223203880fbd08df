"""evaluate_uplift and compare_uplift: their figures beside other libraries, and the coverage of their standard errors."""

import warnings

import numpy as np
import uplift_rows
from claims import JUDGED
from report import progress, table

KEY = "evaluation_uplift"
TABLES, MAX_ROWS = 1000, 200
TOLERANCE = 1e-9
ROWS_OF_COVERAGE = 4000
TOPS = [10, 20, 30, 50]

EXPLANATION = f"""\
`evaluate_uplift` on {TABLES:,} random tables of up to {MAX_ROWS} rows, with and without ties, weights and propensities, with
outcomes of 0 and 1, of one class, and of any number, and some of them without exposed rows; and on {TABLES:,} more without
weights and with outcomes of 0 and 1 in both groups, of which scikit-uplift defines figures (the area is that of its
`uplift_curve` over the square of the rows). The slope is that of scikit-learn's linear regression, weighted, of the influence on the uplift over the score; all other figures
and standard errors are the reference's. The largest difference over all tables that have the figure."""

EXPLANATION_OF_COVERAGE = f"""\
{TABLES:,} tables of {ROWS_OF_COVERAGE:,} rows with a known truth in each of five settings: the share of tables whose interval of 1.96
standard errors holds it. The uplift of a customer is a tenth of her rank by the score, or all of it where the outcome is
log-normal. `compare_uplift` compares the score with the mean of that rank and of another number."""

# What differs between the settings: propensity, outcome, score and the last arguments of the aggregates.
ENGAGES = "(c < .05 + .1 * x + CASE WHEN exposed THEN .1 * r ELSE 0 END)::int"
LOG_NORMAL = "exp(.5 * x + .5 * n - .125) + CASE WHEN exposed THEN r * exp(.5 * m - .125) ELSE 0 END"
CONFOUNDED = ".2 + .3 * x + .3 * r"
SETTINGS = {
    "constant share": (".67", ENGAGES, ".1 * r", "NULL, NULL"),
    "scores rounded to one decimal": (".67", ENGAGES, ".1 * round(r::numeric, 1)::float8", "NULL, NULL"),
    "exponential weights": (".67", ENGAGES, ".1 * r", "NULL, -ln(1 - w)"),
    "confounded, propensity given": (CONFOUNDED, ENGAGES, ".1 * r", "e, NULL"),
    "log-normal, confounded, propensity given": (CONFOUNDED, LOG_NORMAL, "r", "e, NULL"),
}
FIGURES = {
    **{name: f"{name}_se" for name in ["uplift", "auuc", "qini", *(f"uplift_top_{top}" for top in TOPS), "calibration_slope"]},
    "qini_difference": "difference_se",
    "top_30_difference": "top_30_difference_se",
}


def draw(seed):
    """Draws a table: (score, exposed, outcome, propensity or None, weight or None).

    scikit-uplift defines the figures of each table with an odd seed.
    """
    random = np.random.default_rng(seed)
    rows = random.integers(8, MAX_ROWS)
    score = random.normal(size=rows)
    if random.random() < 0.7:
        score = score.round(random.integers(0, 3))
    if seed % 2:
        exposed, outcome = random.random((2, rows)) < random.uniform(0.2, 0.8, (2, 1))
        exposed[:4], outcome[:4] = [True, True, False, False], [True, False, True, False]
        return score, exposed, outcome.astype(float), None, None
    propensity = random.uniform(0.05, 0.95, rows) if random.random() < 0.4 else None
    weight = random.exponential(size=rows) + 0.1 if random.random() < 0.4 else None
    exposed = random.random(rows) < random.uniform(0.2, 0.8)
    if random.random() < 0.05:
        exposed[:] = False
    kind = random.random()
    if kind < 0.6:
        outcome = (random.random(rows) < random.uniform(0.2, 0.8)).astype(float)
    elif kind < 0.7:
        outcome = np.full(rows, float(random.integers(0, 2)))
    else:
        outcome = random.normal(size=rows)
    return score, exposed, outcome, propensity, weight


def of_scikit_uplift(score, exposed, outcome):
    """Returns scikit-uplift's figures of a table with both outcomes in both groups."""
    from sklearn.metrics import auc
    from sklift.metrics import qini_auc_score, uplift_auc_score, uplift_curve

    drawn = outcome.astype(int), score, exposed.astype(int)
    return {
        "auuc": auc(*uplift_curve(*drawn)) / len(score) ** 2,
        "auuc_normalised": uplift_auc_score(*drawn),
        "qini_normalised": qini_auc_score(*drawn),
    }


def of_scikit_learn(score, exposed, outcome, propensity, weight):
    """Returns the slope of the uplift over the score."""
    from sklearn.linear_model import LinearRegression

    weight = np.ones(len(score)) if weight is None else weight
    chance = 0.5 if propensity is None else np.where(exposed, propensity, 1 - propensity)
    inverse, influence = weight / chance, np.zeros(len(score))
    for arm, sign in [(exposed, 1), (~exposed, -1)]:
        scaled = inverse[arm] / inverse[arm].sum() * weight.sum() / weight[arm]
        influence[arm] = sign * scaled * (outcome[arm] - np.average(outcome[arm], weights=inverse[arm]))
    fitted = LinearRegression().fit(score[:, None], influence, sample_weight=weight)
    return {"calibration_slope": fitted.coef_[0]}


def of_reference(score, exposed, outcome, propensity, weight):
    """Returns the reference's figures; NaN where an arm is missing among the best customers."""
    from decide import uplift as reference

    drawn = score, exposed.astype(float), outcome
    found = reference.uplift(*drawn, weight, propensity)
    figures = {"uplift": found["ate"], "uplift_se": found["ate_se"]}
    figures |= {name: found[name] for name in ["auuc", "auuc_se", "qini", "qini_se"]}
    with np.errstate(invalid="ignore", divide="ignore"):
        for top in TOPS:
            best = reference.top(*drawn, top / 100, weight, propensity)
            figures[f"uplift_top_{top}"], figures[f"uplift_top_{top}_se"] = best
    return figures


def expected(score, exposed, outcome, propensity, weight):
    """Returns the figures of a table, by the library that has them; none without both arms."""
    if exposed.all() or not exposed.any():
        return {}
    drawn = score, exposed, outcome, propensity, weight
    libraries = {"the reference": of_reference(*drawn)}
    if np.ptp(score) > 0:
        libraries["scikit-learn"] = of_scikit_learn(*drawn)
    groups = [set(outcome[exposed]), set(outcome[~exposed])]
    if propensity is None and weight is None and groups == [{0, 1}, {0, 1}]:
        libraries["scikit-uplift"] = of_scikit_uplift(score, exposed, outcome)
    return {(library, name): value for library, figures in libraries.items() for name, value in figures.items()}


def differences(backend, seed):
    """Returns the difference of each figure on one table; infinite where only one side has it."""
    drawn = draw(seed)
    columns = ["score float8", "exposed boolean", "outcome float8", "propensity float8", "weight float8"]
    none = [None] * len(drawn[0])
    rows = zip(*(none if column is None else column.tolist() for column in drawn))
    backend.load("ranked", columns, rows)
    query = "SELECT (evaluate_uplift(score, exposed, outcome, propensity, weight)).* FROM ranked"
    ours = backend.execute(query).fetchone()
    figures = expected(*drawn)
    if not figures:
        return {("no arm is missing", name): np.inf for name in FIGURES if ours.get(name) is not None}
    found = {}
    for (library, name), value in figures.items():
        is_hidden = ours[name] is None and name.endswith("_se") and value < 1e-5
        if is_hidden:
            # Rounding may hide an error, as where each arm has one customer; it is then NULL.
            continue
        if ours[name] is not None and np.isfinite(value):
            found[library, name] = abs(ours[name] - value)
        elif ours[name] is not None or np.isfinite(value):
            found[library, name] = np.inf
    return found


def truth(setting):
    """Returns the true figures, in their order."""
    gain = lambda share: share - share * share / 2
    scale = 1.0 if setting.startswith("log-normal") else 0.1
    tops = np.array(TOPS) / 100
    if setting.startswith("scores rounded"):
        # The blocks are score 1.0 of the shares up to 0.05, 0.9 up to 0.15, and so on; each is a straight line.
        ends = np.clip(0.1 * np.arange(12) - 0.05, 0, 1)
        area, best = np.trapezoid(gain(ends), ends), np.interp(tops, ends, gain(ends)) / tops
        apart, shares = 0.5 - 0.1 * np.arange(11), np.diff(ends)
        slope = (np.diff(gain(ends)) * apart).sum() / (shares * apart**2).sum()
    else:
        area, best, slope = 1 / 3, gain(tops) / tops, 1
    # The other score is half the sum of two uniform numbers.
    other_area, other_top = 37 / 120, 1 - np.sqrt(0.6) / 3
    figures = scale * np.r_[1 / 2, area, area - 1 / 4, best]
    return np.r_[figures, slope, scale * np.r_[area - other_area, best[TOPS.index(30)] - other_top]]


def coverage(backend, setting, seed):
    """Returns the share of tables whose intervals hold the truth, for each figure."""
    propensity, outcome, score, rest = SETTINGS[setting]
    normal = "sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())"
    backend.execute("SELECT setseed(%s)", [seed / 100])
    query = f"""
        SELECT (f.m).*, (f.d).*
        FROM generate_series(1, {TABLES}) AS t, LATERAL (
            SELECT evaluate_uplift({score}, exposed, {outcome}, {rest}) AS m,
                   compare_uplift({score}, (r + x) / 2, exposed, {outcome}, {rest}) AS d
            FROM (SELECT r, x, c, w, n, m, {propensity} AS e, u < {propensity} AS exposed
                  FROM (SELECT random() AS r, random() AS x, random() AS c, random() AS w, random() AS u,
                               {normal} AS n, {normal} AS m
                        FROM generate_series(t, t + {ROWS_OF_COVERAGE - 1})
                        OFFSET 0) AS drawn) AS sent) AS f"""
    rows = backend.execute(query).fetchall()
    values, errors = (np.array([[row[name] for name in names] for row in rows], float) for names in (FIGURES.keys(), FIGURES.values()))
    return (abs(values - truth(setting)) < 1.96 * errors).mean(axis=0)


def write_identities(report, pool):
    """Writes the largest difference of each figure."""
    tables = pool.map(differences, [(seed,) for seed in range(2 * TABLES)])
    lines = []
    for library, name in dict.fromkeys(key for found in tables for key in found):
        values = [found[library, name] for found in tables if (library, name) in found]
        holds = max(values) <= TOLERANCE
        report.holds &= holds
        claim = f"difference to {library} at most {TOLERANCE:g}"
        lines.append([name, claim, f"{max(values):.1e} on {len(values)} tables", "ok" if holds else "MISSED"])
    report.write(EXPLANATION, table(JUDGED, lines))


def write_coverage(report, pool):
    """Writes the coverage of each standard error in each setting."""
    shares = pool.map(coverage, [(setting, seed) for seed, setting in enumerate(SETTINGS)])
    lines = []
    for setting, of in zip(SETTINGS, shares):
        holds = bool(of.min() >= 0.925 and of.max() <= 0.975)
        report.holds &= holds
        lines.append([setting, *(f"{share:.3f}" for share in of), "ok" if holds else "MISSED"])
    claim = "Each must lie within .925 to .975."
    report.write(f"{EXPLANATION_OF_COVERAGE} {claim}", table(["setting", *FIGURES, "result"], lines))


def write(report, pool, keys):
    if keys and KEY not in keys:
        return
    # scikit-uplift calls a function that scikit-learn will remove.
    warnings.filterwarnings("ignore", "Function stable_cumsum is deprecated", FutureWarning)
    report.write("## Evaluation of uplift")
    write_identities(report, pool)
    progress(f"evaluation of uplift: {TABLES} tables")
    write_coverage(report, pool)
    progress("evaluation of uplift: coverage")
    uplift_rows.write(report, pool)
