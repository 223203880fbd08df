"""Claims about measurements, and their verdicts as lines of a table."""

import math
from dataclasses import dataclass

LABELS = {
    "auc": "AUC",
    "mf1": "mF1",
    "sized": "mF1 by expected size",
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


def decimals(value):
    """Returns a number as text: three decimals below 10, one above, a dash for NaN or None."""
    if value is None or math.isnan(value):
        return "–"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.3f}".removeprefix("0") if value >= 0 else f"-{decimals(-value)}"


@dataclass(frozen=True)
class Claim:
    """Claims that `measure` reaches `bound`, or that it beats the rival's measure by `bound`."""

    measure: str
    bound: float
    rival: str | None = None

    def verdict(self, measured):
        """Returns the claim as text, the value, and True if the claim holds.

        The last is None if something was not measured. `measured` maps "measure" to our value and
        "rival.measure" to a rival's.
        """
        lower = self.measure in LOWER_IS_BETTER
        limit, bound = self.bound, decimals(self.bound)
        if self.rival is not None:
            base = measured.get(f"{self.rival}.{self.measure}", math.nan)
            margin = -self.bound if lower else self.bound
            limit = base + margin
            sign = "−" if margin < 0 else "+"
            bound = f"{decimals(base)} ({self.rival}) {sign} {decimals(abs(margin))}"
        relation = "≤" if lower else "≥"
        text = f"{LABELS[self.measure]} {relation} {bound}{UNITS.get(self.measure, '')}"
        value = measured.get(self.measure, math.nan)
        if math.isnan(value) or math.isnan(limit):
            return text, value, None
        return text, value, value <= limit if lower else value >= limit


def judge(title, claims, measured):
    """Returns one table line per claim, and False if a claim is missed."""
    verdicts = [claim.verdict(measured) for claim in claims]
    words = {True: "ok", False: "MISSED", None: "not measured"}
    lines = [[title, text, decimals(value), words[holds]] for text, value, holds in verdicts]
    return lines, all(holds is not False for _, _, holds in verdicts)


JUDGED = ["", "must reach", "reaches", "result"]
"""The header of the lines of `judge`."""
