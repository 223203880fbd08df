"""A doc comment is a sentence with a subject: it begins with no relative word."""
import re

OPENING = re.compile(r"(?:What|Whether|Where|How|Who|Those|That of|The same)\b")
RUST_DOC = re.compile(r"\s*(///|//!)\s?(.*)")
SQL_LINE = re.compile(r"\s*(--)\s?(.*)")
SQL_COMMENT = re.compile(r"\bCOMMENT\s+ON\b[^;]*?\bIS\s+(?:E?'|\$\w*\$)\s*", re.IGNORECASE)


def paragraphs(source, pattern):
    """The first line of each paragraph of the comments, as (line number, text)."""
    before = None
    for number, line in enumerate(source.lines, 1):
        match = pattern.match(line)
        text = match[2].strip() if match else None
        if text and not before:
            yield number, text
        before = text


def openings(source):
    if source.is_rust:
        yield from paragraphs(source, RUST_DOC)
    elif source.path.endswith(".sql"):
        yield from paragraphs(source, SQL_LINE)
        for match in SQL_COMMENT.finditer(source.text):
            yield source.line_of(match.end()), source.text[match.end() : match.end() + 20]


def check(sources):
    for source in sources:
        for line, text in openings(source):
            if match := OPENING.match(text):
                yield source.path, line, f'a comment begins with "{match[0]}"', False
