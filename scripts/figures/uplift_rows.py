"""evaluate_uplift over many rows: its time beside that of corr, the memory of its state, and the error of its figures."""

import os
import time

import numpy as np
from claims import JUDGED
from report import progress, ratios, spread, table

ROWS = 10_000_000
MOST_TIMES = 3
STATE = "40MB"
RUNS = 5
PLANS = {"serial plan": 0, "parallel plan": 2}
# The arguments of evaluate_uplift after the outcome: alike customers are counted, others are summed.
KINDS = {"customers alike": "", "with weights": ", NULL, .5 + score"}

EXPLANATION = f"""\
`evaluate_uplift(score, exposed, outcome)` over {ROWS:,} rows with about as many different scores, beside
`corr(score, outcome)` on the same table with the same plan, one after the other {RUNS} times: processor time of the server's
processes, workers included, and time by the clock. The error is that of Qini against the reference on all rows, which tells
all scores apart. Weights differ from row to row."""


def status(process):
    """Returns the fields of a process after its name."""
    with open(f"/proc/{process}/stat", encoding="ascii") as file:
        return file.read().rpartition(")")[2].split()


def processor_seconds(backend):
    """Returns the processor time so far of a connection's process, and of the workers that have ended."""
    own = status(backend.connection.info.backend_pid)
    server = status(own[1])
    return sum(map(int, own[11:13] + server[13:15])) / os.sysconf("SC_CLK_TCK")


def seconds(backend, query):
    """Returns how long a query takes: (processor time, time by the clock)."""
    processor, clock = processor_seconds(backend), time.monotonic()
    backend.execute(query)
    passed = time.monotonic() - clock
    # The server counts the time of a worker once it has seen its end.
    time.sleep(0.2)
    return processor_seconds(backend) - processor, passed


def exact_qini(backend):
    """Returns the reference's Qini of all rows, for each kind."""
    from decide import uplift as reference

    query = """SELECT string_agg(float8send(score), '') AS score, string_agg(boolsend(exposed), '') AS exposed,
                      string_agg(float8send(outcome), '') AS outcome
               FROM many"""
    columns = backend.connection.execute(query, binary=True).fetchone()
    score, outcome = (np.frombuffer(columns[name], ">f8").astype(float) for name in ("score", "outcome"))
    exposed = np.frombuffer(columns["exposed"], bool).astype(float)
    weights = [None, 0.5 + score]
    return [reference.uplift(score, exposed, outcome, weight, se=False)["qini"] for weight in weights]


def measure(backend):
    """Returns the ratios of each plan, and for each kind the figures and the exact Qini."""
    backend.execute("DROP TABLE IF EXISTS many")
    backend.execute("SELECT setseed(.5)")
    backend.execute(f"""
        CREATE UNLOGGED TABLE many AS
        SELECT r AS score, u < .6 AS exposed, (c < .1 + CASE WHEN u < .6 THEN .1 * r ELSE 0 END)::int::float8 AS outcome
        FROM (SELECT random() AS r, random() AS u, random() AS c FROM generate_series(1, {ROWS}) OFFSET 0) AS drawn""")
    backend.execute("VACUUM ANALYZE many")
    times = {}
    evaluate, compared = "SELECT evaluate_uplift(score, exposed, outcome) FROM many", "SELECT corr(score, outcome) FROM many"
    for plan, workers in PLANS.items():
        backend.execute(f"SET max_parallel_workers_per_gather = {workers}")
        runs = [[seconds(backend, query) for query in (evaluate, compared)] for _ in range(RUNS)]
        for kind, clock in enumerate(["processor", "clock"]):
            pairs = [[of[kind] for of in run] for run in runs]
            times[f"{plan}, {clock}"] = ratios(*zip(*pairs))
            progress(f"{plan}, {clock}: {pairs}")
    backend.execute("SET max_parallel_workers_per_gather = 0")
    backend.execute(f"SET pg_intent.training_memory = '{STATE}'")
    figures = [
        backend.execute(f"SELECT (evaluate_uplift(score, exposed, outcome{rest})).* FROM many").fetchone()
        for rest in KINDS.values()
    ]
    exact = exact_qini(backend)
    backend.execute("DROP TABLE many")
    backend.execute("RESET ALL")
    return times, zip(KINDS, figures, exact)


def write(report, pool):
    times, evaluated = pool.map(measure, [()])[0]
    lines = []

    def judge(name, claim, value, holds):
        report.holds &= bool(holds)
        lines.append([name, claim, value, "ok" if holds else "MISSED"])

    for plan, of in times.items():
        judge(plan, f"at most {MOST_TIMES} × `corr`", f"{spread(of)} ×", np.median(of) <= MOST_TIMES)
    for kind, figures, exact in evaluated:
        judge(f"state, {kind}", f"at most {STATE}", "runs with that limit", figures["rows"] == ROWS)
        off, bound = abs(figures["qini"] - exact), figures["error_bound"]
        error = f"{off:.1e}, bound {bound:.1e}, standard error {figures['qini_se']:.1e}"
        judge(f"error of Qini, {kind}", "at most the returned bound", error, off <= bound)
    report.write(EXPLANATION, table(JUDGED, lines))
