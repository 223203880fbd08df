"""Warnings of simulated trainings in which nothing is wrong, counted for each guard."""

import time
from collections import Counter

from claims import JUDGED
from report import progress, table

# (rows of a training, number of trainings)
SIZES = [(2_000, 200), (20_000, 20)]
MOST_FALSE = 0.01
LABELS, NO_LABELS = (
    "observed_segment",
    "CASE observed_segment WHEN 'low_engagement' THEN observed_segment ELSE 'organic' END"
    " AS observed_segment",
)
# (title, columns after the features, exposed share)
KINDS = [
    ("exposure known, 40 % missing", f"{LABELS}, exposed", 0.6),
    ("exposure known, no campaign label", f"{NO_LABELS}, exposed", 0.6),
    ("40 % missing at random", LABELS, 1),
]
# Guards by words of their warnings.
GUARDS = {
    "implausibly many corrections": "labels count as missing",
    "low label frequency": "the label frequency is estimated",
    "rough label frequency": "the missing rate is a rough estimate",
    "too few rows for the label frequency": "too few to estimate the missing rate",
    "uneven attribution": "missing unevenly",
    "exposure is not random": "exposure was not random",
    "leak": "is it known only after the campaign",
    "put off": "put off",
    "no effect on average": "no effect on engagement on average",
    "no effect": "shows no effect",
    "inverted exposure": "is exposed inverted",
    "equal intent": "the intent does not differ",
    "equal uplift": "the uplift does not differ",
    "too few distinct scores": "too few distinct values",
}
# These say what the number of rows lets them know, and are right where they fire.
RIGHT = {
    "rough label frequency",
    "too few rows for the label frequency",
    "equal intent",
    "equal uplift",
}

EXPLANATION = f"""\
Trainings by the default options on `simulate_customers`, each with a seed of its own: exposure is random, labels are
missing at random, no column is known only later, and the campaign has an effect. A guard may warn falsely in {100 * MOST_FALSE:.0f} % of the
trainings of a size and kind, or in one of them. Guards that say what so few rows can tell
({", ".join(sorted(RIGHT))}) are counted, and not judged."""


def guard_of(warning):
    """Returns the name of the guard that raised a warning, or the warning where none is known."""
    return next((name for name, words in GUARDS.items() if words in warning), warning)


def train(backend, kind, rows, seed):
    """Trains once; returns the names of the guards that fired."""
    _, columns, exposed_share = kind
    backend.train(
        f"""SELECT {", ".join(features())}, {columns}
            FROM simulate_customers({rows}, 0.4, {exposed_share}, {seed})""",
        {"seed": seed},
    )
    return {guard_of(warning) for warning in backend.info()["warnings"]}


def features():
    """Returns the names of the features of the simulator."""
    import simulate

    return [f'"{name}"' for name in simulate.NAMES]


def count(pool, kind, rows, trainings):
    """Returns how many trainings raised each guard."""
    started = time.monotonic()
    fired = pool.map(train, [(kind, rows, 10_000 + seed) for seed in range(trainings)])
    counts = Counter(name for one in fired for name in one)
    progress(f"{kind[0]}, {trainings} trainings of {rows:,} rows: {dict(counts)}", started)
    return counts


def write(report, pool, keys):
    """Writes the section if it is asked for: it takes too long for every run."""
    if "false_alarms" not in keys:
        return
    lines, verdicts = [], []
    for rows, trainings in SIZES:
        for kind in KINDS:
            title = f"{kind[0]}, {rows:,} rows"
            counts = count(pool, kind, rows, trainings)
            shown = [f"{name}: {number}" for name, number in sorted(counts.items())]
            lines.append([title, str(trainings), ", ".join(shown) or "none"])
            false = {name: number for name, number in counts.items() if name not in RIGHT}
            worst, number = max(false.items(), key=lambda item: item[1], default=("none", 0))
            bound = max(1, int(MOST_FALSE * trainings))
            holds = number <= bound
            report.holds &= holds
            reached = f"{number} ({worst})"
            verdict = "ok" if holds else "MISSED"
            verdicts.append([title, f"no guard in more than {bound}", reached, verdict])
    report.write("## False alarms", EXPLANATION)
    report.write(table(["", "trainings", "warnings"], lines), table(JUDGED, verdicts))
