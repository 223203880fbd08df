"""The server's side: tables of simulated customers, and trainings whose time, memory and CPU time are taken."""

import json
import os
import sys
import time
from pathlib import Path

import psycopg
from psycopg import sql

FEATURES = 32
ROWS = "SELECT f, y, exposed FROM bench_rows"

# Linux counts a process's CPU time in these.
TICKS = os.sysconf("SC_CLK_TCK")


class Backend:
    """One connection, hence one process of the server. It trains with one thread and no worker."""

    def __init__(self):
        self.connection = psycopg.connect(autocommit=True)
        self.connection.add_notice_handler(self._notice)
        self.notices = []
        """(time, stage) of what the last training told while it ran."""
        self.remarks = []
        """What else it told."""
        self.cpu = 0.0
        """CPU seconds of the last training, of all its threads."""
        self.process = Path("/proc", str(self.connection.info.backend_pid))
        self.execute("SET max_parallel_workers_per_gather = 0")
        # The settings of the extension are known once a function of it was called.
        self.execute("SELECT FROM train_options()")
        self.has_threads = bool(
            self.rows("SELECT FROM pg_settings WHERE name = 'pg_intent.training_threads'")
        )
        self.use_threads(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def execute(self, query, arguments=None):
        return self.connection.execute(query, arguments)

    def rows(self, query, arguments=None):
        return self.execute(query, arguments).fetchall()

    def use_threads(self, threads):
        if self.has_threads:
            self.execute(f"SET pg_intent.training_threads = {threads}")

    def train(self, rows, options, exposed=False):
        """Trains on a query's f and y, and exposed where asked for; returns the seconds it took.

        The model is left in the table `trained`.
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
        began, cpu_began = time.perf_counter(), self.cpu_seconds()
        self.execute(query.format(arguments, sql.SQL(rows)))
        seconds = time.perf_counter() - began
        self.cpu = self.cpu_seconds() - cpu_began
        return seconds

    def info(self, *columns):
        """Columns of model_info() of the last training."""
        return self.rows(f"SELECT {', '.join(columns)} FROM trained, model_info(model)")[0]

    def epochs(self):
        """{stage: epochs} of the last training."""
        query = "SELECT stage, count(*) FROM trained, training_history(model) GROUP BY stage"
        return {stage.replace("_", " "): count for stage, count in self.rows(query)}

    def cpu_seconds(self):
        # The name of a process may contain blanks; what follows its bracket is the third field on.
        fields = (self.process / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def peak_memory(self):
        """Bytes of the process's own at its peak. The shared buffers it has read are not its own."""
        lines = (self.process / "status").read_text().splitlines()
        kilobytes = dict(line.split()[:2] for line in lines if line.endswith(" kB"))
        return (int(kilobytes["VmHWM:"]) - int(kilobytes["RssShmem:"])) * 1024

    def _notice(self, diagnostic):
        text = diagnostic.message_primary
        if text.startswith("training: "):
            stage = text.removeprefix("training: ").partition(",")[0]
            self.notices.append((time.perf_counter(), stage))
        elif diagnostic.severity_nonlocalized == "NOTICE" and "rows" in text:
            self.remarks.append(text)
        elif diagnostic.severity_nonlocalized == "WARNING":
            print(f"  warning: {text}", file=sys.stderr)


def make_rows(backend, name, count, seed, exposed_share=0.6, more=""):
    """A table of simulated customers: id, 32 features as f real[], y, exposed, and more columns.

    The simulator has fewer features than that; the rest is noise.
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
    # Reads all of it: from here on the table is in the cache, and no training writes to it.
    backend.execute(f"VACUUM (FREEZE, ANALYZE) {name}")
    backend.execute(f"SELECT count(f[1]) FROM {name}")
