"""The cost of the whole method relative to one plain network, and its share by stage."""

import time
from collections import Counter
from statistics import median

from backend import ROWS, Backend
from report import number, progress, ratios, spread, table

TITLE = "The whole method, divided by one plain training"
PLAIN = {"correction": "none", "epochs": 10, "patience": 10}
MODES = {"with exposure": True, "without exposure": False}
MIN_NOTICES = 4


def stages(notices, began, ended):
    """Returns {stage: share of the time}, which is empty if there are too few notices.

    The time before a notice counts to its stage, and the time after the last one to the last stage.
    """
    if len(notices) < MIN_NOTICES:
        return {}
    seconds = Counter()
    for moment, stage in notices:
        seconds[stage] += moment - began
        began = moment
    seconds[notices[-1][1]] += ended - began
    return {stage: spent / seconds.total() for stage, spent in seconds.items()}


def measure(backend, exposed):
    """Returns (seconds, {stage: share}, {stage: epochs}) of a training by default options."""
    began = time.perf_counter()
    seconds = backend.train(ROWS, {}, exposed)
    shares = stages(backend.notices, began, time.perf_counter())
    return seconds, shares, backend.epochs()


def describe(mode, measured):
    """Yields one table line per stage, in the order in which the stages run."""
    names = list(
        dict.fromkeys(stage for _, shares, epochs in measured for stage in [*shares, *epochs])
    )
    for stage in names:
        shares = [100 * shares.get(stage, 0.0) for _, shares, _ in measured if shares]
        epochs = [epochs[stage] for _, _, epochs in measured if stage in epochs]
        yield [
            mode,
            stage,
            " or ".join(str(count) for count in sorted(set(epochs))) or "not told",
            f"{median(shares):.0f} %" if shares else "too short to tell",
        ]


def write(report, options):
    plain, whole, plain_epochs = [], {mode: [] for mode in MODES}, {}
    with Backend() as backend:
        for run in range(options.runs):
            plain.append(backend.train(ROWS, PLAIN))
            plain_epochs = backend.epochs()
            for mode, exposed in MODES.items():
                whole[mode].append(measure(backend, exposed))
                progress(
                    f"method, run {run + 1}: plain {number(plain[-1])} s, {mode} {number(whole[mode][-1][0])} s"
                )
    seconds = {mode: [value for value, _, _ in measured] for mode, measured in whole.items()}
    told = ", ".join(f"{count} of {stage}" for stage, count in plain_epochs.items())
    report.write(
        f"""\
{options.rows:,} customers, all options at their defaults, divided by a training with `correction` none and
{PLAIN["epochs"]} epochs on the same rows ({spread(plain, " s")}; epochs: {told}).""",
        table(
            ["default training", "time", "÷ plain training"],
            [
                [mode, spread(values, " s"), spread(ratios(values, plain))]
                for mode, values in seconds.items()
            ],
        ),
        """\
Where the time goes, by the notices of progress: they come every two seconds, so a stage is told to about that.
Reading the rows counts to the first stage. Epochs are those of `training_history`.""",
        table(
            ["default training", "stage", "epochs", "share of the time"],
            [line for mode, measured in whole.items() for line in describe(mode, measured)],
        ),
    )
