"""Warnings of the trainings on randomised campaigns, where no guard may fire."""

import time

import numpy as np
from cells import COMMITTEE, SINGLE, SPLITS, fit
from claims import JUDGED
from randomised import title_of
from report import progress, table

# Up to so many rows a committee is the default.
MAX_COMMITTEE_ROWS = 50_000
# What the rows cannot tell is no false alarm.
EVEN = ("the intent does not differ", "the uplift does not differ")
# The second one follows from the first.
NO_EFFECT = ("no effect", "campaign_intent is 0 for everybody")
# Charity's offer adds 4 gifts to 1,000 letters, about two standard errors of a half.
SMALL_EFFECT = "charity"

EXPLANATION = f"""\
Each campaign was sent at random, no column was known only later, and each had an effect: no guard may fire but two.
These are the warnings of the trainings of the sections above and of one on all rows. "{EVEN[0]} …" and
"{EVEN[1]} …" are no false alarms: they say what the rows can tell (the slope is not more than one
standard error above 0). "No effect" counts as a false alarm except on charity, whose effect in a half is about two
standard errors."""


def train_on_all(backend, campaign):
    """Trains on all rows as the defaults say; returns the warnings."""
    started = time.monotonic()
    options = COMMITTEE if len(campaign.X) < MAX_COMMITTEE_ROWS else SINGLE
    fit(backend, campaign, np.arange(len(campaign.X)), {"seed": SPLITS[0], **options})
    progress(f"{campaign.title}, {len(campaign.X):,} rows: warnings", started)
    return backend.info()["warnings"]


def is_false_alarm(campaign, warning):
    if any(words in warning for words in NO_EFFECT):
        return campaign.title != SMALL_EFFECT
    return not any(words in warning for words in EVEN)


def lines_of(campaign, title, warnings):
    """Returns the table lines of a campaign, its line of the claim, and if it holds.

    `warnings` are the warnings of each training.
    """
    raised = [warning for one in warnings for warning in one]
    alarms = sum(any(is_false_alarm(campaign, warning) for warning in one) for one in warnings)
    lines = [[title, str(len(warnings)), warning] for warning in raised]
    lines = lines or [[title, str(len(warnings)), "none"]]
    reached = f"{alarms} of {len(warnings)} trainings"
    verdict = "MISSED" if alarms else "ok"
    return lines, [title, "no other guard fires", reached, verdict], not alarms


def write(report, pool, randomised, keys):
    if keys and "guards" not in keys:
        return
    cells = randomised.cells()
    everywhere = [(campaign,) for campaign, whole, _ in cells if not whole]
    on_all = pool.map(train_on_all, everywhere)
    found = [
        (campaign, title_of(campaign, whole), [cell.info["warnings"] for cell in part])
        for campaign, whole, part in cells
    ]
    found += [
        (campaign, f"{campaign.title}, all rows", [warnings])
        for (campaign,), warnings in zip(everywhere, on_all)
    ]
    lines, verdicts = [], []
    for campaign, title, warnings in found:
        part, verdict, holds = lines_of(campaign, title, warnings)
        lines += part
        verdicts.append(verdict)
        report.holds &= holds
    report.write("## Random exposure, leaks, no effect", EXPLANATION)
    report.write(table(["", "trainings", "warning"], lines), table(JUDGED, verdicts))
