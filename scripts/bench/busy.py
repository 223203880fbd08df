"""CPU time of a training on idle and on busy processors."""

import os
import subprocess
import sys
from contextlib import contextmanager

from backend import ROWS, Backend
from report import number, progress, ratios, spread, table

TITLE = "CPU time on busy processors"
THREADS = (1, 2)
OPTIONS = {"correction": "none", "epochs": 10, "patience": 10}


@contextmanager
def burners(count):
    """Runs processes that only use CPU time while the block lasts."""
    started = []
    try:
        for _ in range(count):
            started.append(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


def train(backend, threads, others):
    """Returns (CPU seconds, seconds) of a training beside `others` burners."""
    backend.use_threads(threads)
    with burners(others):
        seconds = backend.train(ROWS, OPTIONS)
        return backend.cpu, seconds


def measure(backend, threads, runs):
    """Yields the table lines for `threads` threads, trained idle and busy in turns."""
    processors = os.cpu_count() or 1
    idle, busy = [], []
    for run in range(runs):
        idle.append(train(backend, threads, 0))
        busy.append(train(backend, threads, processors))
        progress(
            f"busy, {threads} threads, run {run + 1}: "
            f"{number(idle[-1][0])} s of CPU, {number(busy[-1][0])} s when busy"
        )
    for place, what in enumerate(["CPU time, user and system", "time"]):
        quiet, loud = ([each[place] for each in runs] for runs in (idle, busy))
        yield [threads, what, spread(quiet, " s"), spread(loud, " s"), spread(ratios(loud, quiet))]


def write(report, options):
    with Backend() as backend:
        lines = [
            [str(cell) for cell in line]
            for threads in THREADS
            for line in measure(backend, threads, options.runs)
        ]
    report.write(
        f"""\
{options.rows:,} rows, `correction` none, {OPTIONS["epochs"]} epochs: in turns with nothing of this script's beside it, and
with {os.cpu_count()} processes that only burn time, one for each processor.""",
        table(["threads", "of one training", "idle", "busy", "busy ÷ idle"], lines),
    )
