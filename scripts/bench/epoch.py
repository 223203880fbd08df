"""One epoch of a plain training, divided by the time of its matrix products."""

import time
from math import ceil

import numpy as np
from backend import BATCH, FEATURES, HIDDEN, ROWS, Backend
from report import progress, ratios, spread, table
from server import SEGMENTS

TITLE = "One epoch, divided by its matrix products"
OUTPUTS = len(SEGMENTS)
HELD_OUT = 0.01
COMPARED = 50_000
"""The comparison's one-stage network trains on at most this many rows, and holds out as many."""
SHORT, LONG = 3, 13
"""The epochs of the two trainings whose difference is measured."""


class Products:
    """The matrix products of one batch, in numpy, in single precision and without allocation."""

    def __init__(self):
        random = np.random.default_rng(1)

        def matrix(*shape):
            return random.standard_normal(shape).astype(np.float32)

        first, second = HIDDEN
        self.x, self.g = matrix(BATCH, FEATURES), matrix(BATCH, OUTPUTS)
        self.h1, self.h2 = matrix(BATCH, first), matrix(BATCH, second)
        self.d1, self.d2 = matrix(BATCH, first), matrix(BATCH, second)
        self.z, self.skipped = matrix(BATCH, OUTPUTS), matrix(BATCH, OUTPUTS)
        self.w1, self.w2, self.w3 = (
            matrix(FEATURES, first),
            matrix(first, second),
            matrix(second, OUTPUTS),
        )
        self.skip = matrix(FEATURES, OUTPUTS)
        self.gradients = [np.empty_like(w) for w in (self.w1, self.w2, self.w3, self.skip)]

    def forward(self):
        np.dot(self.x, self.w1, out=self.h1)
        np.dot(self.h1, self.w2, out=self.h2)
        np.dot(self.h2, self.w3, out=self.z)
        np.dot(self.x, self.skip, out=self.skipped)

    def step(self):
        self.forward()
        g1, g2, g3, g_skip = self.gradients
        np.dot(self.h2.T, self.g, out=g3)
        np.dot(self.x.T, self.g, out=g_skip)
        np.dot(self.g, self.w3.T, out=self.d2)
        np.dot(self.h1.T, self.d2, out=g2)
        np.dot(self.d2, self.w2.T, out=self.d1)
        np.dot(self.x.T, self.d1, out=g1)


def seconds_each(task, times):
    """Returns (time, CPU time) of one call of `task`, the mean of `times` calls, as an array."""
    began, cpu_began = time.perf_counter(), time.process_time()
    for _ in range(times):
        task()
    return np.array([time.perf_counter() - began, time.process_time() - cpu_began]) / times


def batches_of(rows):
    """Returns (trained, held out): the batches of one epoch of all networks.

    These are stage 1 and the one-stage network; the logistic regression is left out.
    """
    trained = [(1 - HELD_OUT) * rows, min((1 - HELD_OUT) * rows, COMPARED)]
    held_out = [min(HELD_OUT * rows, COMPARED)] * 2
    return sum(ceil(part / BATCH) for part in trained), sum(ceil(part / BATCH) for part in held_out)


def train(backend, epochs):
    """Returns (time, CPU time) of a training, as an array."""
    options = {"correction": "none", "epochs": epochs, "patience": 1000}
    seconds = backend.train(ROWS, options | {"validation_fraction": HELD_OUT})
    return np.array([seconds, backend.cpu])


def measure(backend, options):
    """Returns {threads: times of an epoch}, the times of a step and of a forward pass; all by run."""
    products, batches = Products(), ceil(options.rows / BATCH)
    threads = [1, 2] if backend.has_threads else [1]
    epochs, steps, forwards = {count: [] for count in threads}, [], []
    for run in range(options.runs):
        # The products run between the trainings, so that a disturbance affects both.
        step, forward = [], []

        def multiply():
            step.append(seconds_each(products.step, batches))
            forward.append(seconds_each(products.forward, batches))

        for count in threads:
            backend.use_threads(count)
            multiply()
            short = train(backend, SHORT)
            multiply()
            # The difference cancels all work that does not repeat with the epochs.
            epochs[count].append((train(backend, LONG) - short) / (LONG - SHORT))
        multiply()
        steps.append(np.mean(step, 0))
        forwards.append(np.mean(forward, 0))
        seconds, product_seconds = epochs[1][-1][0], steps[-1][0] * batches
        progress(f"epoch, run {run + 1}: {seconds:.3f} s, products {product_seconds:.3f} s")
    return epochs, steps, forwards


def write(report, options):
    batches = ceil(options.rows / BATCH)
    with Backend() as backend:
        epochs, steps, forwards = measure(backend, options)
    trained, held_out = batches_of(options.rows)
    plain = [step * batches for step in steps]
    all_networks = [trained * step + held_out * forward for step, forward in zip(steps, forwards)]
    lines = []
    for count, times in epochs.items():
        line = [
            f"{count} thread{'s' if count > 1 else ''}",
            spread([time for time, _ in times], " s"),
        ]
        for divisors in (plain, all_networks):
            time_ratios, cpu_ratios = zip(*ratios(times, divisors))
            line += [spread(time_ratios), spread(cpu_ratios)]
        lines.append(line)
    if not backend.has_threads:
        lines.append(["2 threads", "no setting pg_intent.training_threads", "", "", "", ""])
    header = ["pg_intent", "one epoch", "÷ products of the rows", "by CPU time"]
    header += ["÷ products of all networks", "by CPU time"]
    report.write(
        f"""\
{options.rows:,} rows of {FEATURES} features, network {FEATURES}-{HIDDEN[0]}-{HIDDEN[1]}-{OUTPUTS} with a skip,
batch {BATCH}, `correction` none. An epoch of pg_intent is the difference of two trainings in SQL, of {LONG} and of
{SHORT} epochs, divided by {LONG - SHORT}; {HELD_OUT:.0%} of the rows are held out. Divided by numpy's time for the
matrix products of {batches:,} batches, forward and backward, in one thread: {spread([time for time, _ in plain], " s")}.

A training does more than the one network: the two models of the comparison (at most {COMPARED:,} rows each) have as
many epochs. The last two columns divide by the products of all but the logistic regression: {trained:,} batches forward
and backward, {held_out:,} forward only. With fewer than 1,000,000 rows the comparison is a large part, and only these
two mean something.""",
        table(header, lines),
    )
