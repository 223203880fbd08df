"""Measures pg_intent against the figures that its learning method must reach.

Prints Markdown, and progress to stderr; the exit code is 1 if a figure is missed. scripts/figures/run
runs it with the server and the packages.
"""

import argparse
import os
import sys


def arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/figures/run",
        description="Measures pg_intent against the figures it must reach.",
    )
    parser.add_argument(
        "keys",
        nargs="*",
        help="sections or scenarios, such as randomised or missing_40 (default: all)",
    )
    parser.add_argument("--seeds", type=int, default=3, help="seeds of the simulation (default: 3)")
    parser.add_argument("--write", metavar="FILE", help="write the figures to a file as well")
    parser.add_argument(
        "--reference",
        action="store_true",
        help="measure the design's reference on the same rows too: is a miss the method's or ours?",
    )
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count() or 1,
        help="trainings at the same time (default: as many as there are processors)",
    )
    parser.add_argument("--shared", default="../shared", help="where reference/ and data/ are")
    return parser, parser.parse_args()


def introduction(versions, options):
    """Returns the first paragraphs, with the command that makes the figures."""
    words = ["scripts/figures/run", *options.keys]
    words += ["--seeds", str(options.seeds)] if options.seeds != 3 else []
    words += ["--reference"] if options.reference else []
    words += ["--write", options.write] if options.write else []
    return f"""\
# Figures

Made by `{" ".join(words)}`, with {versions}.

"Reference" is a Python implementation of the method; "must reach" is the figure that the project requires. The first
two sections and the one on Bank Marketing train one network (`ensemble` = 1), as the reference does. "±" is a standard
error; a difference of less than two of them says nothing."""


def main():
    parser, options = arguments()
    # The reference is a directory of modules, not a package.
    sys.path.insert(0, os.path.join(options.shared, "reference"))
    import sections
    from report import Report
    from server import versions

    for key in options.keys:
        if key not in sections.KEYS:
            parser.error(f"there is no '{key}'; there are: {', '.join(sections.KEYS)}")
    report = Report()
    report.write(introduction(versions(), options))
    sections.write(report, options)
    if options.write:
        report.save(options.write)
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())
