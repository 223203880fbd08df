"""Measures pg_intent against the figures that its learning method must reach.

Prints two tables in Markdown and ends with exit code 1 if a figure is missed. Run by
scripts/figures/run, which provides the server and the packages; progress goes to stderr.
"""

import argparse
import os
import sys


def arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/figures/run",
        description="Measures pg_intent against the figures it must reach.",
    )
    parser.add_argument("keys", nargs="*", help="scenarios and e-mail arms (default: all)")
    parser.add_argument("--seeds", type=int, default=3, help="seeds of the simulation (default: 3)")
    parser.add_argument(
        "--reference",
        action="store_true",
        help="measure the design's reference on the same rows too: is a miss the method's or ours?",
    )
    parser.add_argument("--shared", default="../shared", help="where reference/ and data/ are")
    return parser, parser.parse_args()


def main():
    parser, options = arguments()
    # The reference is plain files, not a package.
    sys.path.insert(0, os.path.join(options.shared, "reference"))
    import email_test
    import simulation
    from backends import PgIntent, Reference

    known = [scenario.key for scenario in simulation.SCENARIOS]
    known += [arm.key for arm in email_test.ARMS]
    for key in options.keys:
        if key not in known:
            parser.error(f"there is no '{key}'; there are: {', '.join(known)}")
    backends = [PgIntent()] + ([Reference()] if options.reference else [])
    simulated = simulation.report(backends, options.keys, options.seeds)
    randomised = email_test.report(backends, options.keys)
    return 0 if simulated and randomised else 1


if __name__ == "__main__":
    sys.exit(main())
