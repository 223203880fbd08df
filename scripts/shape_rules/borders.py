"""pgrx and PostgreSQL's C are used in src/pg/ alone, and unsafe code stands there and in crates/kernels alone."""
import re

INSIDE = ("src/pg/", "crates/kernels/")
CHECKED = ("src/", "crates/")
WORD = re.compile(r"\b(?:pgrx|pg_sys|unsafe)\b")


def check(sources):
    for source in sources:
        if not source.is_rust or not source.path.startswith(CHECKED) or source.path.startswith(INSIDE):
            continue
        first = {source.line_of(match.start()): match for match in reversed(list(WORD.finditer(source.code)))}
        for line, match in sorted(first.items()):
            yield source.path, line, f"{match[0]} outside {' and '.join(INSIDE)}", False
