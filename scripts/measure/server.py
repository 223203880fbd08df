"""Connections to the server that libpq's environment variables name."""

import psycopg
from psycopg.rows import tuple_row
from report import progress

SEGMENTS = ["low_engagement", "organic", "campaign_driven"]
"""The segments by their code, as SQL spells them."""


class Connection:
    """A connection, hence one process of the server. Warnings of the server go to stderr."""

    def __init__(self, row_factory=tuple_row):
        self.connection = psycopg.connect(autocommit=True, row_factory=row_factory)
        self.connection.add_notice_handler(self.notice)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def execute(self, query, arguments=None):
        return self.connection.execute(query, arguments)

    def rows(self, query, arguments=None):
        return self.execute(query, arguments).fetchall()

    def notice(self, diagnostic):
        """Receives each notice of the server."""
        if diagnostic.severity_nonlocalized == "WARNING":
            progress(f"warning: {diagnostic.message_primary}")


def versions():
    """Creates the extension; names its version and that of the server."""
    with Connection() as connection:
        connection.execute("SET client_min_messages = warning")
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_intent")
        query = """SELECT extversion, split_part(current_setting('server_version'), ' ', 1)
                   FROM pg_extension WHERE extname = 'pg_intent'"""
        extension, server = connection.rows(query)[0]
        return f"pg_intent {extension} on PostgreSQL {server}"
