"""What a measurement must reach, and how that is written."""

import math
from dataclasses import dataclass

LABELS = {
    "auc": "AUC",
    "mf1": "mF1",
    "brier": "Brier",
    "ece": "ECE",
    "corrected": "corrected share of engaged",
    "precision": "precision of corrections",
    "recall": "recall of corrections",
    "c_error": "error of c",
    "qini": "Qini",
    "gain": "gain",
}
UNITS = {"gain": " bp"}
LOWER_IS_BETTER = {"brier", "ece", "corrected", "c_error"}


def number(value):
    """Three decimals below 10, one above; a dash for what was not measured."""
    if value is None or math.isnan(value):
        return "–"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.3f}".removeprefix("0") if value >= 0 else f"-{number(-value)}"


@dataclass(frozen=True)
class Claim:
    """`measure` reaches `bound`; with a rival: the rival's measure, bettered by `bound`."""

    measure: str
    bound: float
    rival: str | None = None

    def verdict(self, measured):
        """(text, value, whether it holds), where that is None if something was not measured.

        `measured` maps a measure's name to its value, and "rival.measure" to a rival's.
        """
        lower = self.measure in LOWER_IS_BETTER
        limit, bound = self.bound, number(self.bound)
        if self.rival is not None:
            base = measured.get(f"{self.rival}.{self.measure}", math.nan)
            margin = -self.bound if lower else self.bound
            limit = base + margin
            sign = "−" if margin < 0 else "+"
            bound = f"{number(base)} ({self.rival}) {sign} {number(abs(margin))}"
        relation = "≤" if lower else "≥"
        text = f"{LABELS[self.measure]} {relation} {bound}{UNITS.get(self.measure, '')}"
        value = measured.get(self.measure, math.nan)
        if math.isnan(value) or math.isnan(limit):
            return text, value, None
        return text, value, value <= limit if lower else value >= limit


def judge(title, claims, measured):
    """One line for each claim, and whether none is missed."""
    verdicts = [claim.verdict(measured) for claim in claims]
    words = {True: "ok", False: "MISSED", None: "not measured"}
    lines = [[title, text, number(value), words[holds]] for text, value, holds in verdicts]
    return lines, all(holds is not False for _, _, holds in verdicts)


JUDGED = ["", "must reach", "reaches", "result"]
"""The header of judge()'s lines."""


def table(header, lines):
    """A Markdown table whose columns are aligned, to be read as text as well."""
    widths = [max(len(line[i]) for line in [header, *lines]) for i in range(len(header))]
    rule = ["-" * width for width in widths]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |"
        for line in [header, rule, *lines]
    )
