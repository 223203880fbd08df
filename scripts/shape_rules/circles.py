"""No circle of Rust files: none imports a file that imports it, directly or through others.

An import is a name that a file's code uses, traced through `pub use` to the file that defines it. Neither
`mod x;` nor a mere re-export is one, and tests do not count.
"""
import collections
import re

from .source import blank, item_end

USE = re.compile(r"(?P<public>\bpub(?:\([^)]*\))?\s+)?\buse\s+(?P<tree>[^;]*);")
VISIBILITY = re.compile(r"\bpub\s*\(\s*in\b[^)]*\)")
INLINE_MODULE = re.compile(r"\bmod\s+(\w+)\s*\{")
PATH = re.compile(r"(?<![\w:.])(?:\$?\w+)(?:\s*::\s*\w+)+(?:\s*::\s*\*)?")
CRATE_FILE = re.compile(r"(?P<crate>(?:crates/[^/]+/)?src)/(?P<inner>.*)\.rs$")


def module_of(path):
    """The module that a file is, as (crate, name, name, ...), or None if it is no part of a crate's sources."""
    match = CRATE_FILE.match(path)
    if not match:
        return None
    names = match["inner"].split("/")
    if names[-1] in ("lib", "main", "mod"):
        names.pop()
    return (match["crate"], *names)


def leaves(tree, prefix=()):
    """The (path, bound name) of each leaf of a `use` tree."""
    tree = tree.strip()
    head, brace, rest = tree.partition("{")
    names = tuple(name.strip() for name in head.split("::") if name.strip())
    if not brace:
        *parents, last = names or ("",)
        name, _, alias = (part.strip() for part in last.partition(" as "))
        path = (*prefix, *parents) if name == "self" and (prefix or parents) else (*prefix, *parents, name)
        if path[-1]:
            yield path, alias or path[-1]
        return
    depth, start = 0, 0
    inner = rest[: rest.rindex("}")]
    for offset, letter in enumerate(inner + ","):
        depth += (letter == "{") - (letter == "}")
        if letter == "," and depth == 0:
            yield from leaves(inner[start:offset], (*prefix, *names))
            start = offset + 1


class Crates:
    """The modules of all crates, and the names that each file's `use` lines bind."""

    def __init__(self, sources):
        named = [(module_of(source.path), source) for source in sources if source.is_rust]
        tests = {
            (*module, name) for module, source in named if module for name in source.test_modules
        }
        self.files = {
            module: source
            for module, source in named
            if module and not any(module[: len(test)] == test for test in tests)
        }
        self.bindings = {module: dict(self._bound(module, source)) for module, source in self.files.items()}

    def _bound(self, module, source):
        for match in USE.finditer(source.shipped_code):
            inside = self.module_at(module, source, match.start())
            for path, name in leaves(match["tree"]):
                yield name, (inside, path)

    @staticmethod
    def module_at(module, source, offset):
        """The module of an offset: the file's, or one written inside the file."""
        for match in INLINE_MODULE.finditer(source.shipped_code):
            if match.start() < offset < item_end(source.shipped_code, match.start()):
                module = (*module, match[1])
        return module

    def file_of(self, module):
        """The nearest module around it that is a file."""
        while module and module not in self.files:
            module = module[:-1]
        return module

    def start(self, module, path):
        """The module that a path starts from and the rest of the path, or None if it leads out of the crate."""
        first, *rest = path
        if first in ("crate", "$crate"):
            return module[:1], rest
        if first == "self":
            return module, rest
        if first == "super":
            while rest and rest[0] == "super":
                module, rest = module[:-1], rest[1:]
            return module[:-1], rest
        if (*module, first) in self.files:
            return (*module, first), rest
        return None

    def resolve(self, module, path, seen=frozenset()):
        """The module whose file defines what a path names, and whether the path names a module itself."""
        if (module, path) in seen:
            return None
        seen |= {(module, path)}
        start = self.start(module, path)
        if start is None:
            bound = self.bindings.get(self.file_of(module), {}).get(path[0])
            if bound is None or bound[1][0] == path[0]:
                return None
            return self.resolve(bound[0], (*bound[1], *path[1:]), seen)
        here, rest = start
        while rest and (*here, rest[0]) in self.files:
            here, rest = (*here, rest[0]), rest[1:]
        if not rest:
            return here, True
        bound = self.bindings.get(self.file_of(here), {}).get(rest[0])
        found = bound and self.resolve(bound[0], (*bound[1], *rest[1:]), seen)
        return found or (self.file_of(here), rest == ["*"])

    def imports(self, module):
        """The (imported module, line) pairs of a file."""
        source = self.files[module]
        code = source.shipped_code
        body = VISIBILITY.sub(lambda match: blank(match[0]), USE.sub(lambda match: blank(match[0]), code))
        for match in USE.finditer(code):
            for path, name in leaves(match["tree"]):
                if not match["public"] or re.search(rf"\b{re.escape(name)}\b", body):
                    yield from self._edge(module, match.start(), path, is_use=True)
        for match in PATH.finditer(body):
            path = tuple(re.sub(r"\s", "", match[0]).split("::"))
            yield from self._edge(module, match.start(), path, is_use=False)

    def _edge(self, module, offset, path, is_use):
        source = self.files[module]
        found = self.resolve(self.module_at(module, source, offset), path)
        if found is None:
            return
        target, is_module = found
        # A module that is only brought into scope is no import yet: the paths through it are.
        if self.file_of(target) != module and not (is_use and is_module and path[-1] != "*"):
            yield self.file_of(target), source.line_of(offset)


def shortest_circle(graph, start):
    """The shortest way from a file back to itself, or None."""
    ways = collections.deque([(start,)])
    seen = set()
    while ways:
        way = ways.popleft()
        for target in sorted(graph[way[-1]]):
            if target == start:
                return way
            if target not in seen:
                seen.add(target)
                ways.append((*way, target))
    return None


def check(sources):
    crates = Crates(sources)
    graph = {module: {} for module in crates.files}
    for module in graph:
        for target, line in crates.imports(module):
            graph[module].setdefault(target, line)
    reported = set()
    for module in sorted(graph):
        circle = shortest_circle(graph, module)
        if circle and frozenset(circle) not in reported:
            reported.add(frozenset(circle))
            ring = [*circle, circle[0]]
            steps = [f"{crates.files[a].path}:{graph[a][b]}" for a, b in zip(ring, ring[1:])]
            line = graph[ring[0]][ring[1]]
            yield crates.files[module].path, line, f"a circle of files: {' -> '.join(steps)}", False
