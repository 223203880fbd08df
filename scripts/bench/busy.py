"""Whether a training costs more CPU time where the processors have other work."""

import os
import subprocess
import sys
from contextlib import contextmanager

from report import number, progress, ratios, spread, table
from server import ROWS, Backend

TITLE = "CPU time on busy processors"
OPTIONS = {"correction": "none", "epochs": 10, "patience": 10}


@contextmanager
def burners(count):
    """Processes that do nothing but take time, as long as the block lasts."""
    started = []
    try:
        for _ in range(count):
            started.append(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


def train(backend, others):
    """(CPU seconds, seconds) of a training beside that many burners."""
    with burners(others):
        seconds = backend.train(ROWS, OPTIONS)
        return backend.cpu, seconds


def report(report, options):
    processors = os.cpu_count() or 1
    idle, busy = [], []
    with Backend() as backend:
        for run in range(options.runs):
            idle.append(train(backend, 0))
            busy.append(train(backend, processors))
            progress(
                f"busy, run {run + 1}: {number(idle[-1][0])} s of CPU, {number(busy[-1][0])} s when busy"
            )
    (idle_cpu, idle_time), (busy_cpu, busy_time) = zip(*idle), zip(*busy)
    lines = [
        [
            "CPU time, user and system",
            spread(idle_cpu, " s"),
            spread(busy_cpu, " s"),
            spread(ratios(busy_cpu, idle_cpu)),
        ],
        [
            "time",
            spread(idle_time, " s"),
            spread(busy_time, " s"),
            spread(ratios(busy_time, idle_time)),
        ],
    ]
    report.write(
        f"""\
{options.rows:,} rows, `correction` none, {OPTIONS["epochs"]} epochs: in turns with nothing of this script's beside it, and
with {processors} processes that only burn time, one for each processor.""",
        table(["of one training", "idle", "busy", "busy ÷ idle"], lines),
    )
