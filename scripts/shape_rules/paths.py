"""Each path that a document names exists."""
import re

# A path in backticks from one of the checkout's folders on; what follows a space is an argument.
NAMED = re.compile(r"`((?:src|crates|sql|scripts|tests|docs)/[\w./-]*)[^`]*`|\]\(([\w./-]+)\)")


def check(sources):
    for source in sources:
        if not source.is_document:
            continue
        folder = source.path.rpartition("/")[0]
        for match in NAMED.finditer(source.text):
            path = match[1] or f"{folder}/{match[2]}".strip("/")
            if not (source.root / path).exists():
                yield source.path, source.line_of(match.start()), f"there is no {path}", False
