"""A server process whose trainings are timed, and the tables of simulated customers that it trains on."""

import json
import os
import time
from pathlib import Path

import psycopg
from psycopg import sql
from server import Connection

FEATURES = 32
HIDDEN = (64, 32)
"""The hidden layers of the default network."""
BATCH = 256
ROWS = "SELECT f, y, exposed FROM bench_rows"

# Linux counts the CPU time of a process in ticks.
TICKS = os.sysconf("SC_CLK_TCK")


class Backend(Connection):
    """A connection that trains with one thread and without workers unless told otherwise."""

    def __init__(self):
        super().__init__()
        self.notices = []
        """The progress of the last training, as (time, stage)."""
        self.remarks = []
        """The notices of the last training about its rows."""
        self.cpu = 0.0
        """The CPU seconds of the last training, of all its threads."""
        self.process = Path("/proc", str(self.connection.info.backend_pid))
        self.execute("SET max_parallel_workers_per_gather = 0")
        # The settings of the extension exist once one of its functions was called.
        self.execute("SELECT FROM train_options()")
        self.has_threads = bool(
            self.rows("SELECT FROM pg_settings WHERE name = 'pg_intent.training_threads'")
        )
        self.use_threads(1)

    def use_threads(self, threads):
        if self.has_threads:
            self.execute(f"SET pg_intent.training_threads = {threads}")

    def train(self, rows, options, exposed=False, workers=0):
        """Trains on the columns f, y and, if `exposed`, exposed of a query; returns the seconds it took.

        At most `workers` processes help to read the rows. The model is left in the table `trained`.
        """
        self.execute("DROP TABLE IF EXISTS trained")
        self.notices.clear()
        self.remarks.clear()
        arguments = sql.SQL("f, y, exposed, {}" if exposed else "f, y, {}").format(
            json.dumps(options)
        )
        query = sql.SQL(
            "CREATE TEMPORARY TABLE trained AS SELECT train_intent_model({}) AS model FROM ({}) AS r"
        )
        self.execute(f"SET max_parallel_workers_per_gather = {workers}")
        began, cpu_began = time.perf_counter(), self.cpu_seconds()
        self.execute(query.format(arguments, sql.SQL(rows)))
        seconds = time.perf_counter() - began
        self.cpu = self.cpu_seconds() - cpu_began
        # Workers cannot read the temporary table that the model is in.
        self.execute("SET max_parallel_workers_per_gather = 0")
        return seconds

    def info(self, *columns):
        """Returns columns of model_info() of the last model."""
        return self.rows(f"SELECT {', '.join(columns)} FROM trained, model_info(model)")[0]

    def epochs(self):
        """Returns {stage: epochs} of the last training."""
        query = "SELECT stage, count(*) FROM trained, training_history(model) GROUP BY stage"
        return {stage.replace("_", " "): count for stage, count in self.rows(query)}

    def cpu_seconds(self):
        """Returns the CPU seconds of the process so far, user and system."""
        # The process name, the second field, may contain blanks but ends at the last bracket.
        fields = (self.process / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def peak_memory(self):
        """Returns the peak of the process's memory in bytes, without the shared buffers."""
        lines = (self.process / "status").read_text().splitlines()
        kilobytes = dict(line.split()[:2] for line in lines if line.endswith(" kB"))
        return (int(kilobytes["VmHWM:"]) - int(kilobytes["RssShmem:"])) * 1024

    def notice(self, diagnostic):
        text = diagnostic.message_primary
        if text.startswith("training: "):
            stage = text.removeprefix("training: ").partition(",")[0]
            self.notices.append((time.perf_counter(), stage))
        elif diagnostic.severity_nonlocalized == "NOTICE" and "rows" in text:
            self.remarks.append(text)
        else:
            super().notice(diagnostic)


def make_rows(backend, name, count, seed, exposed_share=0.6, more=""):
    """Creates a table of simulated customers: id, 32 features as f real[], y, exposed, and more columns.

    The simulator has fewer than 32 features; the rest is noise.
    """
    cursor = backend.execute("SELECT * FROM simulate_customers(1)")
    columns = [(column.name, column.type_code) for column in cursor.description]
    boolean = psycopg.adapters.types["bool"].oid
    features = columns[1 : [name for name, _ in columns].index("exposed")]
    values = [f"{name}::int" if kind == boolean else name for name, kind in features]
    values += ["random()"] * (FEATURES - len(values))
    backend.execute(f"DROP TABLE IF EXISTS {name}")
    backend.execute("SELECT setseed(0.5)")
    backend.execute(
        f"""CREATE UNLOGGED TABLE {name} AS
            SELECT customer_id AS id, ARRAY[{", ".join(values)}]::real[] AS f, observed_segment AS y, exposed{more}
            FROM simulate_customers({count}, exposed_share => {exposed_share}, seed => {seed})"""
    )
    # Afterwards the table is in the cache, and no training has to write to it.
    backend.execute(f"VACUUM (FREEZE, ANALYZE) {name}")
    backend.execute(f"SELECT count(f[1]) FROM {name}")
