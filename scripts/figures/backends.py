"""The measured implementations: pg_intent through SQL, and the reference on the same rows.

Both have fit(X, observed, exposed, options, names) -> Fitted. `observed` are codes of segments, and
`exposed` is None for simple mode.
"""

import json
import queue
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from psycopg import sql
from psycopg.rows import dict_row, tuple_row
from server import SEGMENTS, Connection


@dataclass
class Fitted:
    """A trained model.

    score(X) returns (P(segment) as an array of three columns, intent).
    rank(X) returns (uplift, code of the segment).
    correction() returns P(truly campaign-driven) of the training rows, given their observed segments.
    """

    score: Callable
    rank: Callable
    correction: Callable
    label_frequency: float
    corrected: float


class PgIntent(Connection):
    """The extension, which trains one named model at a time."""

    name = "pg_intent"
    takes_corrections = True

    def __init__(self):
        super().__init__(dict_row)
        # Connections measure side by side: their tables are temporary, but their models are not.
        self.campaign = f"figures_{self.connection.info.backend_pid}"

    def fit(self, X, observed, exposed, options, names=None):
        """Trains on named columns by train_model(), or without names on float8[] by the aggregate.

        It trains one network unless the options ask for a committee.
        """
        options = {"ensemble": 1, **options}
        labels = [SEGMENTS[segment] for segment in observed]
        flags = [None] * len(X) if exposed is None else [bool(flag) for flag in exposed]
        others = {"observed_segment text": labels, "exposed boolean": flags}
        self._load("training", X, names, others)
        if names is None:
            exposure = "" if exposed is None else "exposed, "
            self.execute(
                f"""SELECT save_model(%(campaign)s, train_intent_model(
                        f, observed_segment, {exposure}%(options)s::jsonb)) FROM training""",
                {"campaign": self.campaign, "options": json.dumps(options)},
            )
        else:
            columns = [*names, "observed_segment"] + ([] if exposed is None else ["exposed"])
            query = sql.SQL("SELECT {} FROM training").format(
                sql.SQL(", ").join(map(sql.Identifier, columns))
            )
            self.train(query.as_string(self.connection), options)
        info = self.info()
        frequency = info["label_frequency"]
        return Fitted(
            lambda X: self._score(X, names),
            lambda X: self.rank(X, names)[:2],
            lambda: self._correction(names),
            np.nan if frequency is None else frequency,
            info["labels_corrected"],
        )

    def train(self, query, options):
        """Trains the model on a query.

        A model that shows no effect would not replace the one before; here it always does.
        """
        self.execute(
            """SELECT activate_model(%(campaign)s, version)
               FROM train_model(%(campaign)s, %(query)s, %(options)s::jsonb)""",
            {"campaign": self.campaign, "query": query, "options": json.dumps(options)},
        )

    def info(self):
        return self.execute("SELECT * FROM model_info(%s)", [self.campaign]).fetchone()

    def rank(self, X, names):
        """Returns (campaign_uplift, code of the segment, P(segment)) of other customers."""
        self._load("scoring", X, names)
        columns = ", ".join(f"s.p_{segment}" for segment in SEGMENTS)
        features = "f" if names is None else "scoring"
        rows = self.connection.cursor(row_factory=tuple_row).execute(
            f"""SELECT campaign_uplift({features}, %(campaign)s),
                       array_position(%(segments)s::text[], s.segment) - 1, {columns}
                FROM scoring, LATERAL score_customer({features}, %(campaign)s) AS s ORDER BY id""",
            {"campaign": self.campaign, "segments": SEGMENTS},
        )
        scores = np.array(rows.fetchall())
        return scores[:, 0], scores[:, 1].astype(int), scores[:, 2:]

    def predictions(self, query):
        """Returns (P, intent) from a query whose columns are those of score_customer()."""
        rows = self.rows(query, {"campaign": self.campaign})
        columns = [f"p_{segment}" for segment in SEGMENTS]
        P = np.array([[row[column] for column in columns] for row in rows])
        return P, np.array([row["campaign_intent"] for row in rows])

    def load(self, table, columns, rows):
        """Creates a temporary table from column definitions and rows."""
        self.execute(f"DROP TABLE IF EXISTS {table}")
        self.execute(f"CREATE TEMPORARY TABLE {table} ({', '.join(columns)})")
        with self.connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        self.execute(f"ANALYZE {table}")

    def _load(self, table, X, names, others=()):
        others = dict(others)
        features = ["f float8[]"] if names is None else [f'"{name}" float8' for name in names]
        columns = zip(*others.values()) if others else iter(lambda: (), None)
        rows = (
            [i, *([row] if names is None else row), *rest]
            for i, (row, rest) in enumerate(zip(X.tolist(), columns))
        )
        self.load(table, ["id int", *features, *others], rows)

    def _score(self, X, names):
        self._load("scoring", X, names)
        features = "f" if names is None else "scoring"
        return self.predictions(
            f"""SELECT s.* FROM scoring, LATERAL score_customer({features}, %(campaign)s) AS s
                ORDER BY id"""
        )

    def _correction(self, names):
        features = "f" if names is None else "training"
        rows = self.rows(
            f"""SELECT correct_label({features}, observed_segment, exposed, %s) AS t
                FROM training ORDER BY id""",
            [self.campaign],
        )
        return np.array([row["t"] for row in rows])


class Reference:
    """The design's reference, which has the posterior correction but no committee and no slope."""

    name = "reference"
    takes_corrections = False

    def fit(self, X, observed, exposed, options, names=None):
        import reference

        by = options.get("attribution_by")
        group = None if by is None else (X[:, names.index(by)] > 0).astype(int)
        e = None if exposed is None else exposed.mean()
        model = reference.fit(X, observed, exposed, e, group, seed=options["seed"])

        def score(X):
            P = model.proba(X)
            return P, P[:, 2] / P[:, 1:].sum(1)

        def rank(X):
            P = model.proba(X)
            return P[:, 2], P.argmax(1)

        corrected = ((model.t > 0.5) & (observed == 1)).sum()
        return Fitted(score, rank, lambda: model.t, float(np.mean(model.c)), float(corrected))


class Pool:
    """Backends of one kind that measure side by side; each training takes one processor."""

    def __init__(self, kind, size):
        self.kind = kind
        self.size = size
        self.idle = queue.SimpleQueue()
        for _ in range(size):
            self.idle.put(kind())

    @property
    def name(self):
        return self.kind.name

    def map(self, task, jobs):
        """Returns [task(backend, *job) for each job], in the order of the jobs."""

        def run(job):
            backend = self.idle.get()
            try:
                return task(backend, *job)
            finally:
                self.idle.put(backend)

        with ThreadPoolExecutor(self.size) as workers:
            futures = [workers.submit(run, job) for job in jobs]
            try:
                return [future.result() for future in futures]
            except BaseException:
                for future in futures:
                    future.cancel()
                raise
