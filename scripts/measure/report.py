"""The report of a measurement: Markdown paragraphs, tables, and numbers with their range."""

import sys
import time
from statistics import median

MEGABYTE = 1024 * 1024


class Report:
    """Prints paragraphs of Markdown as they come, and can save all of them to a file."""

    def __init__(self):
        self.paragraphs = []
        self.holds = True
        """False once a claim was missed."""

    def write(self, *paragraphs):
        for paragraph in paragraphs:
            self.paragraphs.append(paragraph)
            print(paragraph + "\n", flush=True)

    def save(self, path):
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n\n".join(self.paragraphs) + "\n")


def table(header, lines):
    """Returns a Markdown table whose columns are aligned, so that it is readable as text."""
    widths = [max(len(line[i]) for line in [header, *lines]) for i in range(len(header))]
    rule = ["-" * width for width in widths]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |"
        for line in [header, rule, *lines]
    )


def spread(values, unit=""):
    """Returns the median and the range of the runs as text, in three digits."""
    least, middle, most = (number(value) for value in (min(values), median(values), max(values)))
    return f"{middle}{unit}" if least == most else f"{middle}{unit} ({least} to {most})"


def number(value):
    """Returns a positive number as text, in three digits."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.{1 if value >= 10 else 2 if value >= 0.1 else 4}f}"


def ratios(numerators, denominators):
    """Divides run by run, because a disturbance of a run affects both of its times."""
    return [n / d for n, d in zip(numerators, denominators, strict=True)]


def progress(line, started=None):
    """Prints a line to stderr, with the seconds since `started`, a value of time.monotonic()."""
    seconds = "" if started is None else f" ({time.monotonic() - started:.0f} s)"
    print(f"  {line}{seconds}", file=sys.stderr, flush=True)
