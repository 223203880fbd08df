"""Time and memory of a training as its rows grow."""

from statistics import median

from backend import FEATURES, Backend, make_rows
from report import MEGABYTE, number, progress, spread, table

TITLE = "Growth with the rows"
MAX_ROWS, MAX_ROWS_FULL = 1_000_000, 10_000_000
OPTIONS = {"correction": "none", "epochs": 2}


HEADER = [
    "rows",
    "rows used",
    "time",
    "÷ the line above",
    "peak memory",
    "÷ raw rows",
    "what training added ÷ raw rows",
    "peak with 2 workers",
]


def sizes(options):
    """Returns the numbers of rows to train on."""
    most = MAX_ROWS_FULL if options.full else min(options.rows, MAX_ROWS)
    return [size for size in (10**power for power in range(4, 8)) if size <= most]


def train(workers=0):
    """Returns (seconds, memory before, peak memory, model_info) of a training in a new process."""
    with Backend() as backend:
        before = backend.peak_memory()
        seconds = backend.train("SELECT f, y FROM bench_growth", OPTIONS, workers=workers)
        peak = backend.peak_memory()
        return seconds, before, peak, backend.info("rows_read", "rows_used", "warnings")


def measure(size, runs):
    """Returns what `train` does, by run, and the peak memory of a training with workers."""
    with Backend() as backend:
        make_rows(backend, "bench_growth", size, seed=3)
        measured = [train() for _ in range(runs)]
        *_, in_parallel, _ = train(workers=2)
        backend.execute("DROP TABLE bench_growth")
    seconds, before, peak, infos = zip(*measured)
    progress(
        f"growth, {size:,} rows: {median(seconds):.1f} s, {median(peak) / MEGABYTE:.0f} MB; {infos[0]}"
    )
    return seconds, before, peak, in_parallel, infos[0]


def write(report, options):
    lines, faster = [], None
    for size in sizes(options):
        seconds, before, peak, in_parallel, (_, used, _) = measure(size, options.runs)
        raw = size * FEATURES * 4
        lines.append(
            [
                f"{size:,}",
                f"{used:,}",
                spread(seconds, " s"),
                spread([value / faster for value in seconds]) if faster else "",
                spread([value / MEGABYTE for value in peak], " MB"),
                spread([value / raw for value in peak]),
                spread([(most - least) / raw for most, least in zip(peak, before)]),
                f"{number(in_parallel / MEGABYTE)} MB",
            ]
        )
        faster = median(seconds)
    report.write(
        f"""\
`correction` none, {OPTIONS["epochs"]} epochs, a new connection for each training. Peak memory is VmHWM of the server's
process less the shared buffers in it; raw rows are rows × {FEATURES} × 4 bytes. "What training added" leaves out what the
process had before, which is most of it for few rows. `pg_intent.training_memory` is the default: past it a training
uses an even sample. The last column is the peak of the process that trains where two workers read rows as well: PostgreSQL
keeps what they sent until both have.{"" if options.full else " 10,000,000 rows are measured with `--full`."}""",
        table(HEADER, lines),
    )
