"""Segments: their sizes, and the incremental rate that a campaign has in each."""

import time

import numpy as np
from cells import SPLITS
from claims import JUDGED, decimals
from report import progress, table
from resampling import incremental_rate
from scenarios import SCENARIOS
from server import SEGMENTS

ROWS = 20_000
SEEDS = 3
SIMULATED = ["missing_40", "missing_80", "exposure_40"]
# A size may miss its expectation by this share, or by so many rows.
TOLERANCE, FEW_ROWS = 0.1, 20
# Fewer distinct scores than this cannot meet any size.
MIN_DISTINCT = 1000
# The design asks nothing of its sizes: so few give that the intent is as good as constant.
NOT_JUDGED = "charity"

EXPLANATION = f"""\
The default `segment_rule`, `expected_size`, gives each segment to as many customers as its probabilities add up to.
Sizes are shares of the people, as expected → given: of those that trained ("training"), and of those that the model did
not see ("held out": both halves of the first split; of simulated customers {ROWS:,} others, means of {SEEDS} seeds). The
incremental rate is the engaged share of the exposed minus that of the unexposed within a segment, per 1,000 held-out
people, with its standard error over customers or households. Trainings by a committee of 5. Where
two segments' rates differ by less than two errors, as in most of gotv and in charity, the rows do not show that their
people respond differently. The sizes of charity are not judged: too few give."""
SIMULATED_EXPLANATION = f"""\
Macro-F1 of the true segments of exposed simulated customers, with the most probable segment and with the segment that
the default rule gives; mean of {SEEDS} seeds, and the standard error of the difference over them."""


def shares(expected, given):
    """Returns both sizes of each segment as text."""
    expected, given = expected / expected.sum(), given / given.sum()
    return [f"{decimals(e)} → {decimals(g)}" for e, g in zip(expected, given)]


def largest_miss(expected, given):
    """Returns the largest share by which a size misses its expectation, and if all sizes hold."""
    off = np.abs(given - expected)
    holds = off <= np.maximum(TOLERANCE * expected, FEW_ROWS)
    return float((off / np.maximum(expected, 1)).max()), bool(holds.all())


class Sizes:
    """The sizes of a data set: expected and given, of the rows that trained and of others."""

    def __init__(self, title, infos, expected, segments, distinct):
        def trained(kind):
            columns = [[info[f"{kind}_{segment}"] for segment in SEGMENTS] for info in infos]
            return np.array(columns, float).sum(0)

        self.title, self.distinct = title, distinct
        self.rules = " / ".join(sorted({info["segment_rule"] for info in infos}))
        self.training = trained("expected"), trained("given")
        self.held_out = expected, np.bincount(segments, minlength=len(SEGMENTS))

    def judge(self):
        """Returns the lines of the claims, and if they hold."""
        lines, all_hold = [], True
        for where, pair in (("training", self.training), ("held out", self.held_out)):
            miss, holds = largest_miss(*pair)
            claim = f"sizes within {TOLERANCE:.0%}, {where}"
            lines.append([self.title, claim, f"{miss:.1%}", "ok" if holds else "MISSED"])
            all_hold &= holds
        return lines, all_hold


def of_campaign(cells):
    """Returns the sizes of a campaign, and its table lines, from the first split."""
    cells = [cell for cell in cells if cell.split == SPLITS[0]]
    campaign = cells[0].campaign
    rows = np.concatenate([cell.held_out for cell in cells])
    segments = np.concatenate([cell.segment for cell in cells])
    expected = sum(cell.expected for cell in cells)
    distinct = min(cell.distinct for cell in cells)
    sizes = Sizes(campaign.title, [cell.info for cell in cells], expected, segments, distinct)
    outcome = [one[rows] for one in (campaign.exposed, campaign.engaged, campaign.household)]
    return sizes, lines_of(sizes, segments, outcome)


def lines_of(sizes, segments, outcome):
    """Returns a table line per segment, and one of everybody."""

    def rate(rows):
        value, error = incremental_rate(*(one[rows] for one in outcome))
        return "–" if np.isnan(value) else f"{value:.0f} ± {error:.0f}"

    lines = []
    for code, (inside, outside) in enumerate(zip(shares(*sizes.training), shares(*sizes.held_out))):
        name = SEGMENTS[code]
        lines.append([sizes.title, sizes.rules, name, inside, outside, rate(segments == code)])
    everybody = np.ones(len(segments), bool)
    return [*lines, [sizes.title, sizes.rules, "everybody", "1", "1", rate(everybody)]]


def simulate_once(backend, scenario, seed):
    """Trains on simulated customers; returns (model_info, P, segments, outcome, macro-F1 of both)."""
    import simulate
    from sklearn.metrics import f1_score

    started = time.monotonic()
    training = simulate.make(1000 + seed, ROWS, **scenario.simulation)
    test = simulate.make(9000 + seed, ROWS, **scenario.simulation)
    exposed = training["exposed"] if scenario.exposure else None
    options = {"seed": seed, "ensemble": 5, **dict(scenario.options)}
    backend.fit(training["X"], training["obs"], exposed, options, simulate.NAMES)
    info = backend.info()
    _, segment, P = backend.rank(test["X"], simulate.NAMES)
    seen = test["exposed"] == 1
    scores = [
        f1_score(test["true"][seen], predicted[seen], average="macro")
        for predicted in (P.argmax(1), segment)
    ]
    progress(f"segments: {scenario.title}, seed {seed}: {decimals(scores[1])}", started)
    return info, P, segment, (test["exposed"], (test["true"] > 0).astype(int)), scores


def of_simulation(title, runs):
    """Returns the sizes of a scenario, its table lines, and its line of macro-F1."""
    infos, P, segments, outcomes, scores = zip(*runs)
    expected = sum(one.sum(0) for one in P)
    distinct = min(len(np.unique(one, axis=0)) for one in P)
    segments = np.concatenate(segments)
    sizes = Sizes(title, infos, expected, segments, distinct)
    outcome = [np.concatenate(one) for one in zip(*outcomes)]
    lines = lines_of(sizes, segments, [*outcome, np.arange(len(segments))])
    scores = np.array(scores)
    gains = scores[:, 1] - scores[:, 0]
    error = gains.std(ddof=1) / np.sqrt(len(gains))
    most_probable, by_rule = map(decimals, scores.mean(0))
    gain = f"{decimals(gains.mean())} ± {decimals(error)}"
    return sizes, lines, [title, most_probable, by_rule, gain]


def simulations(pool):
    scenarios = [scenario for scenario in SCENARIOS if scenario.key in SIMULATED]
    jobs = [(scenario, seed) for scenario in scenarios for seed in range(SEEDS)]
    runs = pool.map(simulate_once, jobs)
    return [
        of_simulation(scenario.title, runs[i * SEEDS : (i + 1) * SEEDS])
        for i, scenario in enumerate(scenarios)
    ]


def write(report, pool, randomised, keys):
    if keys and "segments" not in keys:
        return
    found = [of_campaign(cells) for _, whole, cells in randomised.cells() if not whole]
    simulated = simulations(pool)
    found += [(sizes, lines) for sizes, lines, _ in simulated]
    verdicts = []
    for sizes, _ in found:
        if sizes.distinct >= MIN_DISTINCT and sizes.title != NOT_JUDGED:
            lines, holds = sizes.judge()
            verdicts += lines
            report.holds &= holds
    header = ["", "rule in force", "segment", "training", "held out", "incremental per 1,000"]
    report.write("## Segments", EXPLANATION)
    report.write(table(header, [line for _, lines in found for line in lines]))
    report.write(table(JUDGED, verdicts), SIMULATED_EXPLANATION)
    header = ["", "most probable", "expected size", "difference"]
    report.write(table(header, [line for _, _, line in simulated]))
