"""Shows that each rule finds its offender, and passes a tree without one: a check that cannot fail is worthless."""
import pathlib
import tempfile

CLEAN = {
    "src/lib.rs": "//! A library.\nmod a;\nmod b;\n",
    "src/a.rs": "//! One side.\npub fn one() -> &'static str {\n    \"unsafe // pg_sys crate::b::two {\"\n}\n",
    "src/b.rs": "//! The other.\nuse crate::a::one;\npub fn two() {\n    one();\n}\n",
}


def function(name, lines, above=""):
    return f"{above}fn {name}() {{\n" + "".join(f"    {name}_{n}();\n" for n in range(lines - 2)) + "}\n"


def numbered(count, text="-- line"):
    return "".join(f"{text} {n}\n" for n in range(count))


REASON = "// It is longer than 35 lines because it is a table.\n#[inline]\n"
SIX = "".join(f"    step_{n}();\n\n    // {{}}\n" for n in range(6))

# rule: (files beside the clean ones, the place that must be found)
OFFENDERS = [
    ("circles", {"src/a.rs": "use super::b;\nfn one() {\n    b::two();\n}\n"}, "src/a.rs:3"),
    ("circles", {"src/a.rs": "fn one() {\n    crate::b::two();\n}\n"}, "src/a.rs:2"),
    # Through a folder that re-exports the name, and back through the sibling's `super`.
    (
        "circles",
        {
            "src/c/mod.rs": "mod x;\nmod y;\npub use x::X;\npub use y::{self as why, Y};\n",
            "src/c/x.rs": "use super::Y;\npub struct X(Y);\n",
            "src/c/y.rs": "pub struct Y;\nfn f(_: crate::c::X) {}\n",
        },
        "src/c/x.rs:1",
    ),
    # A folder's file that uses its children, one of which uses the folder's own name.
    (
        "circles",
        {"src/c/mod.rs": "mod x;\nstruct C;\nfn f() {\n    x::g();\n}\n", "src/c/x.rs": "use super::C;\n"},
        "src/c/mod.rs:4",
    ),
    ("files", {"sql/long.sql": numbered(301)}, "sql/long.sql:1"),
    ("functions", {"src/b.rs": "\n" + function("long", 36)}, "src/b.rs:2"),
    ("functions", {"scripts/long.py": "def long():\n" + "    pass\n" * 35}, "scripts/long.py:1"),
    (
        "repeats",
        {"src/b.rs": f"fn f() {{\n{SIX}}}\n", "src/c.rs": f"fn g() {{\n{SIX.replace('{}', '-')}}}\n"},
        "src/c.rs:2",
    ),
    ("borders", {"src/b.rs": "fn f() {\n    unsafe {}\n}\n"}, "src/b.rs:2"),
    ("borders", {"crates/x/src/lib.rs": "use pgrx::pg_sys;\n"}, "crates/x/src/lib.rs:1"),
    ("wording", {"src/b.rs": "/// Whether it is so.\nfn f() {}\n"}, "src/b.rs:1"),
    ("wording", {"sql/a.sql": "COMMENT ON TYPE x IS\n'What it is.';\n"}, "sql/a.sql:2"),
    ("wording", {"sql/a.sql": "-- The same in SQL.\n"}, "sql/a.sql:1"),
    ("paths", {"README.md": "See\n`src/gone.rs`.\n"}, "README.md:2"),
    ("paths", {"docs/a.md": "[gone](b.md)\n"}, "docs/a.md:1"),
]

# rule: files beside the clean ones that look like an offender and are none
INNOCENTS = [
    ("circles", {"src/a.rs": "pub(in crate::b) fn one() {}\n"}),
    ("circles", {"src/a.rs": "#[cfg(test)]\nmod tests {\n    use crate::b::two;\n}\n// crate::b::two\n"}),
    (
        "circles",
        {
            "src/c/mod.rs": "mod x;\nmod y;\npub use x::X;\npub use y::Y;\n",
            "src/c/x.rs": "use super::Y;\n",
            "src/c/y.rs": "pub struct Y;\n",
        },
    ),
    ("files", {"sql/long.sql": "-- longer than 300 lines because it is a list\n" + numbered(300)}),
    ("functions", {"src/b.rs": function("long", 36, REASON) + function("short", 35)}),
    ("functions", {"src/b.rs": "#[test]\n" + function("long", 36)}),
    ("repeats", {"src/b.rs": "use a::{\n" + "    b,\n" * 20 + "};\n" + "}\n" * 20}),
    ("borders", {"src/pg/mod.rs": "use pgrx::pg_sys;\n", "crates/kernels/src/lib.rs": "unsafe fn f() {}\n"}),
    ("wording", {"src/b.rs": "/// The place\n/// Where it stands.\nfn f() {}\n// How so\n"}),
    ("paths", {"docs/a.md": "`src/a.rs`, `src/` and [b](b.md)\n", "docs/b.md": numbered(301, "`nothing`")}),
    ("files", {"docs/b.md": numbered(301)}),
]


def places_found(rule, files, offenders_in):
    with tempfile.TemporaryDirectory() as folder:
        for path, text in (CLEAN | files).items():
            file = pathlib.Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        found, _ = offenders_in(pathlib.Path(folder), [rule], False)
    return [f"{path}:{line}" for path, line, _ in found]


def run(rules, offenders_in):
    cases = [(rule, {}, []) for rule in rules]
    cases += [(rule, files, [place]) for rule, files, place in OFFENDERS]
    cases += [(rule, files, []) for rule, files in INNOCENTS]
    failed = 0
    for rule, files, expected in cases:
        found = places_found(rule, files, offenders_in)
        if found != expected:
            failed += 1
            print(f"{rule}: expected {expected}, found {found}, in {files}")
    print(f"shape --self-test: {len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0
