"""Who is measured: pg_intent through SQL, and the reference for a comparison on the same rows.

Both have the same two methods; segments are 0 low_engagement, 1 organic, 2 campaign_driven:
fit(X, observed, exposed, options, names) -> Fitted, where `exposed` is None for simple mode, and
offers(option) -> whether trainings take that option.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import psycopg
from psycopg import sql
from psycopg.rows import dict_row

SEGMENTS = ["low_engagement", "organic", "campaign_driven"]


@dataclass
class Fitted:
    """A trained model.

    score(X) -> (P(segment) as an array of three columns, intent).
    correction(observed, exposed) -> P(truly campaign-driven) of the training rows.
    """

    score: Callable
    correction: Callable
    label_frequency: float = np.nan
    corrected: float = np.nan
    notes: set = field(default_factory=set)


class PgIntent:
    """The extension, in the server that libpq's environment variables name."""

    name = "pg_intent"

    def __init__(self):
        self.warnings = []
        self.connection = psycopg.connect(autocommit=True, row_factory=dict_row)
        self.connection.add_notice_handler(self._notice)
        self.connection.execute("CREATE EXTENSION IF NOT EXISTS pg_intent")

    def _notice(self, diagnostic):
        if diagnostic.severity_nonlocalized == "WARNING":
            self.warnings.append(diagnostic.message_primary)

    def offers(self, option):
        rows = self.connection.execute("SELECT name FROM train_options()").fetchall()
        return option in {row["name"] for row in rows}

    def fit(self, X, observed, exposed, options, names=None):
        """Trains on named columns by train_model(), or on float8[] by the bare aggregate where
        no names are given."""
        self.warnings.clear()
        labels = [SEGMENTS[segment] for segment in observed]
        flags = [None] * len(X) if exposed is None else [bool(flag) for flag in exposed]
        others = {"observed_segment text": labels, "exposed boolean": flags}
        self._load("training", X, names, others)
        arguments = {"options": json.dumps(options)}
        if names is None:
            arguments["campaign"] = "figures_arrays"
            exposure = "" if exposed is None else "exposed, "
            self.connection.execute(
                f"""SELECT save_model(%(campaign)s, train_intent_model(
                        f, observed_segment, {exposure}%(options)s::jsonb)) FROM training""",
                arguments,
            )
            # The aggregate gives the model alone.
            report = {"label_frequency": None, "corrected": np.nan}
        else:
            arguments["campaign"] = "figures_names"
            columns = [*names, "observed_segment"] + ([] if exposed is None else ["exposed"])
            query = sql.SQL("SELECT {} FROM training").format(
                sql.SQL(", ").join(map(sql.Identifier, columns))
            )
            arguments["query"] = query.as_string(self.connection)
            report = self.connection.execute(
                "SELECT * FROM train_model(%(campaign)s, %(query)s, %(options)s::jsonb)", arguments
            ).fetchone()
        for warning in self.warnings:
            print(f"  warning: {warning}", file=sys.stderr)
        fitted = Fitted(
            lambda X: self._score(arguments["campaign"], X, names),
            None,
            np.nan if report["label_frequency"] is None else report["label_frequency"],
            report["corrected"],
        )
        fitted.correction = lambda observed, exposed: self._correction(
            arguments["campaign"], X, observed, exposed, names, fitted
        )
        return fitted

    def _load(self, table, X, names, others=()):
        others = dict(others)
        features = ["f float8[]"] if names is None else [f'"{name}" float8' for name in names]
        columns = ", ".join(["id int", *features, *others])
        self.connection.execute(f"DROP TABLE IF EXISTS {table}")
        self.connection.execute(f"CREATE UNLOGGED TABLE {table} ({columns})")
        rows = X.tolist()
        with self.connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            for i, row in enumerate(rows):
                cells = [row] if names is None else row
                copy.write_row([i, *cells, *(values[i] for values in others.values())])
        self.connection.execute(f"ANALYZE {table}")

    def _score(self, campaign, X, names):
        self._load("scoring", X, names)
        features = "f" if names is None else "scoring"
        rows = self.connection.execute(
            f"SELECT s.* FROM scoring, LATERAL score_customer({features}, %s) AS s ORDER BY id",
            [campaign],
        ).fetchall()
        columns = [f"p_{segment}" for segment in SEGMENTS]
        P = np.array([[row[column] for column in columns] for row in rows])
        return P, np.array([row["campaign_intent"] for row in rows])

    def _correction(self, campaign, X, observed, exposed, names, fitted):
        if self._has_correct_label():
            features = "f" if names is None else "training"
            rows = self.connection.execute(
                f"""SELECT correct_label({features}, observed_segment, exposed, %s) AS t
                    FROM training ORDER BY id""",
                [campaign],
            ).fetchall()
            return np.array([row["t"] for row in rows])
        fitted.notes.add(
            "correct_label() is not in this build: corrections are approximated by "
            "t = f(1-c)/(1-cf) from campaign_intent f and the model's c"
        )
        _, f = self._score(campaign, X, names)
        c = fitted.label_frequency
        t = f * (1 - c) / (1 - c * f)
        surely_organic = (observed == 0) | (exposed == 0)
        return np.where(observed == 2, 1.0, np.where(surely_organic, 0.0, t))

    def _has_correct_label(self):
        query = "SELECT FROM pg_proc WHERE proname = 'correct_label' AND pronargs = 4"
        return self.connection.execute(query).rowcount > 0


class Reference:
    """The design's reference: the posterior correction alone, without committee and slope."""

    name = "reference"

    def offers(self, option):
        return option == "attribution_by"

    def fit(self, X, observed, exposed, options, names=None):
        import reference

        by = options.get("attribution_by")
        group = None if by is None else (X[:, names.index(by)] > 0).astype(int)
        e = None if exposed is None else exposed.mean()
        model = reference.fit(X, observed, exposed, e, group, seed=options["seed"])

        def score(X):
            P = model.proba(X)
            return P, P[:, 2] / P[:, 1:].sum(1)

        corrected = ((model.t > 0.5) & (observed == 1)).sum()
        return Fitted(score, lambda *_: model.t, float(np.mean(model.c)), float(corrected))
