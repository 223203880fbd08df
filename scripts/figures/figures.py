"""Measures pg_intent against the figures that its learning method must reach.

Prints Markdown, and progress to stderr; the exit code is 1 if a figure is missed. scripts/figures/run
runs it with the server and the packages.
"""

import argparse
import os
import sys

SECTIONS = ["committee", "bank"]


def arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/figures/run",
        description="Measures pg_intent against the figures it must reach.",
    )
    parser.add_argument(
        "keys",
        nargs="*",
        help=f"scenarios, e-mail arms, {' and '.join(SECTIONS)} (default: all)",
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

"Reference" is the design's own implementation of the method in Python; "must reach" is what the design demands.
Everything but the section on the committee trains one network (`ensemble` = 1), as the reference does."""


def main():
    parser, options = arguments()
    # The reference is a directory of modules, not a package.
    sys.path.insert(0, os.path.join(options.shared, "reference"))
    import bank
    import committee
    import email_test
    import simulation
    from backends import PgIntent, Pool, Reference
    from report import Report
    from server import versions

    known = [scenario.key for scenario in simulation.SCENARIOS]
    known += [arm.key for arm in email_test.ARMS] + SECTIONS
    for key in options.keys:
        if key not in known:
            parser.error(f"there is no '{key}'; there are: {', '.join(known)}")
    report = Report()
    report.write(introduction(versions(), options))
    judged = Pool(PgIntent, options.jobs)
    others = [Pool(Reference, options.jobs)] if options.reference else []
    simulation.write(report, judged, others, options.keys, options.seeds)
    email_test.write(report, judged, others, options.keys)
    committee.write(report, judged, options.keys)
    bank.write(report, judged, options.keys, options.shared)
    if options.write:
        report.save(options.write)
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())
