"""Time and memory of a training as its rows grow."""

from statistics import median

from report import number, progress, spread, table
from server import FEATURES, Backend, make_rows

TITLE = "Growth with the rows"
MOST, MOST_OF_ALL = 1_000_000, 10_000_000
OPTIONS = {"correction": "none", "epochs": 2}
MEGABYTE = 1024 * 1024


def sizes(options):
    most = MOST_OF_ALL if options.full else min(options.rows, MOST)
    return [size for size in (10**power for power in range(4, 8)) if size <= most]


def train(workers=0):
    """(seconds, own memory before, at its peak, what it counted) of a training in a process of its own."""
    with Backend() as backend:
        backend.execute(f"SET max_parallel_workers_per_gather = {workers}")
        before = backend.peak_memory()
        seconds = backend.train("SELECT f, y FROM bench_growth", OPTIONS)
        return (
            seconds,
            before,
            backend.peak_memory(),
            info(backend),
        )


def info(backend):
    # Workers cannot read the temporary table that the model is in.
    backend.execute("SET max_parallel_workers_per_gather = 0")
    return backend.info("rows_read", "rows_used", "warnings")


def measure(size, runs):
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


def report(report, options):
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
    header = [
        "rows",
        "rows used",
        "time",
        "÷ the line above",
        "peak memory",
        "÷ raw rows",
        "what training added ÷ raw rows",
        "peak with 2 workers",
    ]
    report.write(
        f"""\
`correction` none, {OPTIONS["epochs"]} epochs, a new connection for each training. Peak memory is VmHWM of the server's
process less the shared buffers in it; raw rows are rows × {FEATURES} × 4 bytes. "What training added" leaves out what the
process had before, which is most of it for few rows. `pg_intent.training_memory` is the default: past it a training
uses an even sample. The last column is the peak of the process that trains where two workers read rows as well: PostgreSQL
keeps what they sent until both have.{"" if options.full else " 10,000,000 rows are measured with `--full`."}""",
        table(header, lines),
    )
