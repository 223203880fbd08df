"""The sections of the figures in their order, and the keys that choose among them.

It imports the reference's modules, so it is imported once they are on the path.
"""

import time

import bank
import committee
import email_test
import evaluation_intent
import evaluation_uplift
import false_alarms
import guards
import loop
import not_random
import plan
import put_off
import randomised
import recommendation
import segments
import simulation
from backends import PgIntent, Pool, Reference
from cells import Randomised
from report import progress

KEYS = [
    *(scenario.key for scenario in simulation.SCENARIOS),
    *(arm.key for arm in email_test.ARMS),
    evaluation_uplift.KEY,
    *("randomised", "segments", "guards", "not_random", "put_off", "committee", "bank", evaluation_intent.KEY, "false_alarms"),
    *("recommendation", "loop", "plan"),
]


def write(report, options):
    """Writes the sections that the options choose."""
    keys = options.keys
    judged = Pool(PgIntent, options.jobs)
    others = [Pool(Reference, options.jobs)] if options.reference else []
    trained = Randomised(judged, options.shared)
    sections = {
        "simulation": lambda: simulation.write(report, judged, others, keys, options.seeds),
        "e-mail test": lambda: email_test.write(report, judged, others, keys),
        "randomised": lambda: randomised.write(report, judged, trained, keys),
        "segments": lambda: segments.write(report, judged, trained, keys),
        "guards": lambda: guards.write(report, judged, trained, keys),
        "not random": lambda: not_random.write(report, judged, keys),
        "put off": lambda: put_off.write(report, judged, keys),
        "committee": lambda: committee.write(report, judged, keys),
        "bank": lambda: bank.write(report, judged, keys, options.shared),
        "evaluation": lambda: evaluation_intent.write(report, judged, keys),
        "false alarms": lambda: false_alarms.write(report, judged, keys),
        "recommendation": lambda: recommendation.write(report, judged, keys, options.shared),
        "loop": lambda: loop.write(report, judged, keys, options.shared),
        "evaluation of uplift": lambda: evaluation_uplift.write(report, judged, keys),
        "plan": lambda: plan.write(report, keys, options.shared),
    }
    for name, section in sections.items():
        started = time.monotonic()
        section()
        progress(f"section {name}", started)
