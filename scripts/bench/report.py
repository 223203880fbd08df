"""What the report is made of: paragraphs, tables, and numbers with their range."""

import sys
from statistics import median


class Report:
    """Goes to standard output as it comes, and into a file as a whole."""

    def __init__(self):
        self.paragraphs = []

    def write(self, *paragraphs):
        for paragraph in paragraphs:
            self.paragraphs.append(paragraph)
            print(paragraph + "\n", flush=True)

    def save(self, path):
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n\n".join(self.paragraphs) + "\n")


def table(header, lines):
    """A Markdown table whose columns are aligned, to be read as text as well."""
    widths = [max(len(line[i]) for line in [header, *lines]) for i in range(len(header))]
    rule = ["-" * width for width in widths]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |"
        for line in [header, rule, *lines]
    )


def spread(values, unit=""):
    """Median and range of the runs, in three digits."""
    least, middle, most = (number(value) for value in (min(values), median(values), max(values)))
    return f"{middle}{unit}" if least == most else f"{middle}{unit} ({least} to {most})"


def number(value):
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.{1 if value >= 10 else 2 if value >= 0.1 else 4}f}"


def ratios(numerators, denominators):
    """Run by run, since what disturbs a run disturbs both."""
    return [n / d for n, d in zip(numerators, denominators, strict=True)]


def progress(line):
    print(f"  {line}", file=sys.stderr, flush=True)
