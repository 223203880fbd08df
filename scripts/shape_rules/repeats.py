"""No run of six equal lines in two places; blank lines, comments, lone punctuation and imports do not count."""
import re

RUN = 6
FOLDERS = ("src/", "crates/", "sql/")
IMPORT = re.compile(r"^[ \t]*(?:pub(?:\([^)]*\))?[ \t]+)?use\s[^;]*;", re.MULTILINE)


def counted_lines(source):
    """The lines that count, as (line number, text)."""
    imports = set()
    if source.is_rust:
        for match in IMPORT.finditer(source.code):
            imports.update(range(source.line_of(match.start()), source.line_of(match.end() - 1) + 1))
    for number, line in enumerate(source.lines, 1):
        text = line.strip()
        is_comment = text.startswith(("//", "--", "#!"))
        if re.search(r"\w", text) and not is_comment and number not in imports:
            yield number, text


def run_length(first, second, start, other):
    """The number of equal lines from two places on, without overlap in one file."""
    length = 0
    limit = other - start if first is second else len(first)
    while length < limit and other + length < len(second) and start + length < len(first):
        if first[start + length][1] != second[other + length][1]:
            break
        length += 1
    return length


def check(sources):
    seen = {}
    for source in sources:
        if not source.path.startswith(FOLDERS) or not (source.is_rust or source.path.endswith(".sql")):
            continue
        lines = list(counted_lines(source))
        place = 0
        while place + RUN <= len(lines):
            key = tuple(text for _, text in lines[place : place + RUN])
            path, others, start = seen.setdefault(key, (source.path, lines, place))
            length = run_length(others, lines, start, place)
            if length < RUN:
                place += 1
                continue
            yield source.path, lines[place][0], f"{length} lines equal those of {path}:{others[start][0]}", False
            place += length
