"""The files that the rules look at, with comments, strings and tests of Rust told apart from its code."""
import bisect
import functools
import re

FOLDERS = ("src", "crates", "sql", "tests/cluster", "scripts")
SKIPPED_FOLDERS = {"target", "__pycache__", ".git"}
SKIPPED_ENDINGS = {".json", ".lock", ".gz", ".csv", ".txt"}

# Comments and literals of Rust. A lifetime has no closing quote, so that only real characters match.
NO_CODE = re.compile(
    r"""//[^\n]* | /\*.*?\*/ | b?c?r(?P<hashes>\#*)".*?"(?P=hashes) | [bc]?"(?:\\.|[^"\\])*"
      | b?'(?:\\(?:u\{[^}]*\}|x..|.)|[^'\\\n])'""",
    re.VERBOSE | re.DOTALL,
)
TEST_ATTRIBUTE = re.compile(r"#\[(?:cfg\(test\)|test)\]")
TEST_MODULE = re.compile(r"#\[cfg\(test\)\]\s*(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+)\s*;")


def blank(text):
    """Spaces for every character but line ends, so that offsets and lines stay."""
    return re.sub(r"[^\n]", " ", text)


def item_end(code, start):
    """The offset behind the item that begins at `start`: behind its closing brace, or its semicolon."""
    depth = 0
    for offset in range(start, len(code)):
        letter = code[offset]
        if letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
            if depth == 0 and letter == "}":
                return offset + 1
        elif letter == ";" and depth == 0:
            return offset + 1
    return len(code)


class Source:
    """One file."""

    def __init__(self, root, path, text):
        self.root = root
        self.path = path
        self.text = text
        self.lines = text.split("\n")
        self.is_rust = path.endswith(".rs")
        self.is_document = path.endswith(".md")
        self.is_python = path.endswith(".py") or bool(re.match("#!.*python", text))
        self.is_test_file = "tests" in path.removesuffix(".rs").split("/")
        self._line_starts = [0] + [match.end() for match in re.finditer("\n", text)]

    def line_of(self, offset):
        return bisect.bisect_right(self._line_starts, offset)

    @functools.cached_property
    def code(self):
        """The text of a Rust file without comments, strings and characters."""
        return NO_CODE.sub(lambda match: blank(match[0]), self.text)

    @functools.cached_property
    def test_spans(self):
        """The items of a Rust file that are compiled for tests alone, as (start, end)."""
        spans = [(match.start(), item_end(self.code, match.end())) for match in TEST_ATTRIBUTE.finditer(self.code)]
        blocks = re.finditer(r"\bproptest!\s*\{", self.code)
        return spans + [(match.start(), item_end(self.code, match.start())) for match in blocks]

    def is_test(self, offset):
        return self.is_test_file or any(start <= offset < end for start, end in self.test_spans)

    @functools.cached_property
    def shipped_code(self):
        """The code without the items that are compiled for tests alone."""
        code = self.code
        for start, end in self.test_spans:
            code = code[:start] + blank(code[start:end]) + code[end:]
        return code

    @functools.cached_property
    def test_modules(self):
        return TEST_MODULE.findall(self.code)


def is_read(root, path):
    relative = path.relative_to(root)
    return path.is_file() and path.suffix not in SKIPPED_ENDINGS and not SKIPPED_FOLDERS & set(relative.parts)


def read_tree(root):
    """All files of the checked folders and all documents, ordered by path."""
    files = [path for folder in FOLDERS for path in (root / folder).rglob("*") if is_read(root, path)]
    documents = [*root.glob("*.md"), *root.glob("docs/*.md")]
    paths = [(path.relative_to(root).as_posix(), path) for path in sorted(files + documents)]
    return [Source(root, name, path.read_text(encoding="utf-8")) for name, path in paths]
