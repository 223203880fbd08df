"""Measures the cost of a training and of a score, as ratios to other work done in turns with it.

Prints Markdown, and progress to stderr. scripts/bench/run runs it with the server and the packages.
"""

import argparse
import importlib
import os
import sys

# Each section is a module with a TITLE and write(report, options).
SECTIONS = {
    "epoch": "an epoch against its matrix products",
    "clients": "a training against scikit-learn and PyTorch",
    "growth": "time and memory with the rows",
    "large": "more rows than the memory holds",
    "method": "the default method against one plain network",
    "busy": "CPU time on busy processors",
    "scoring": "a score against reading its row, and against clients that fetch the rows",
}


def positive(text):
    value = int(text)
    if value < 1:
        raise ValueError
    return value


def arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/bench/run",
        description="Measures what a training and a score cost, as ratios to other work in the same run.",
    )
    told = "; ".join(f"{key}: {meaning}" for key, meaning in SECTIONS.items())
    parser.add_argument("keys", nargs="*", help=f"sections (default: all). {told}")
    parser.add_argument(
        "--rows", type=positive, default=1_000_000, help="rows that train (default: 1000000)"
    )
    parser.add_argument("--runs", type=positive, default=3, help="runs of each (default: 3)")
    parser.add_argument("--full", action="store_true", help="growth and large with 10,000,000 rows")
    parser.add_argument(
        "--torch", action="store_true", help="fetch PyTorch (3 GB) if it is missing"
    )
    parser.add_argument("--write", metavar="FILE", help="write the report to a file as well")
    options = parser.parse_args()
    for key in options.keys:
        if key not in SECTIONS:
            parser.error(f"there is no '{key}'; there are: {', '.join(SECTIONS)}")
    return options


def introduction(versions, options, load):
    """Returns the first paragraphs; `load` is the load average of the minute before."""
    return f"""\
# Benchmarks

Made by `{" ".join(["scripts/bench/run", *sys.argv[1:]])}`, with {versions}, on
{os.cpu_count()} processors. What is compared ran in turns in one run. Figures are the median of {options.runs} runs, and
the range where they differ; a ratio is taken within each run. {load:.1f} processes wanted a processor in the minute before:
with 0.5 or more, something else was running, and times are not to be relied on; ratios by CPU time suffer less."""


def main():
    options = arguments()
    # Taken before this program itself loads the processors.
    load = os.getloadavg()[0]
    # Imported late, because --help runs without the packages.
    from backend import Backend, make_rows
    from report import Report
    from server import versions

    report = Report()
    report.write(introduction(versions(), options, load))
    with Backend() as backend:
        make_rows(backend, "bench_rows", options.rows, seed=1)
    for key in SECTIONS:
        if not options.keys or key in options.keys:
            section = importlib.import_module(key)
            report.write(f"## {section.TITLE}")
            section.write(report, options)
    if options.write:
        report.save(options.write)


if __name__ == "__main__":
    main()
