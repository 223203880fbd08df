"""Writes the fixture of the test that repeats one epoch of each stage as the reference computes it.

It has 200 rows, fixed weights and fixed batches. Usage: reference_epoch.py REFERENCE_FOLDER > FIXTURE
"""

import json
import sys

import numpy as np

sys.path.insert(0, sys.argv[1])
from network import MLP, prep, prep_fit, sig, softmax  # noqa: E402

ROWS, FEATURES, BATCH, EXPOSED_SHARE, PACE, EPSILON = 200, 5, 32, 0.6, 0.5, 1e-6


def make_rows():
    r = np.random.default_rng(3)
    X = (
        np.column_stack(
            [
                r.normal(size=ROWS),
                r.exponential(2, ROWS) ** 2,
                r.normal(5, 2, ROWS),
                r.integers(0, 2, ROWS),
                r.normal(size=ROWS),
            ]
        )
        .astype(np.float32)
        .astype(float)
    )
    exposed = (r.random(ROWS) < EXPOSED_SHARE).astype(int)
    observed = r.integers(0, 3, ROWS)
    observed[(exposed == 0) & (observed == 2)] = 1
    return X, exposed, observed


def network(outputs, seed):
    net = MLP(FEATURES, outputs, hidden=(6, 4), seed=seed)
    r = np.random.default_rng(seed + 1)
    for p in net.W + net.b:
        p[...] = (p + 0.3 * r.normal(size=p.shape)).astype(np.float32)
    net.b[-1][...] = 0  # The skip has no bias.
    return net


def flat(net):
    """Returns the parameters in the product's order: weights and biases by layer, then the skip."""
    parts = [part for W, b in zip(net.W[:-1], net.b[:-1]) for part in (W, b)] + [net.W[-1]]
    return [float(x) for part in parts for x in part.ravel()]


def epoch(net, Z, batches, gradient):
    before = flat(net)
    for i in batches:
        net.step(Z[i], lambda z: gradient(z, i) / len(i))
    return dict(before=before, batches=[b.tolist() for b in batches], after=flat(net))


def label_correction(Z, exposed, observed):
    s = (observed == 2).astype(float)

    def gradient(z, i):
        f, cx = sig(z[:, 0]), sig(z[:, 1])
        c = 1 - PACE * (1 - cx)
        t = np.where(
            s[i] == 1, 1, np.where(exposed[i] == 1, f * (1 - c) / (1 - c * f + EPSILON), 0)
        )
        g = (
            f
            - t
            - (1 - EXPOSED_SHARE) * f * (1 - f) / ((1 - EXPOSED_SHARE) * (1 - f) + EXPOSED_SHARE)
        )
        return np.column_stack([g, np.where(exposed[i] == 1, t * (cx - s[i]), 0)])

    engaged = np.random.default_rng(5).permutation(np.where(observed > 0)[0])
    batches = [engaged[k : k + BATCH] for k in range(0, len(engaged), BATCH)]
    return epoch(network(2, 11), Z, batches, gradient)


def segmentation(Z, exposed, observed, t):
    B = np.zeros((ROWS, 3))
    B[observed == 0, 0] = 1
    engaged = observed > 0
    B[engaged, 1], B[engaged, 2] = 1 - t[engaged], t[engaged]
    candidate = (observed == 0) & (exposed == 0)

    def gradient(z, i):
        p = softmax(z)
        g, m = p - B[i], candidate[i]
        q = p[m].copy()
        q[:, 1] = 0
        g[m] = p[m] - q / q.sum(1, keepdims=True)
        return g

    order = np.random.default_rng(7).permutation(ROWS)
    batches = [order[k : k + BATCH] for k in range(0, ROWS, BATCH)]
    return epoch(network(3, 13), Z, batches, gradient)


def main():
    X, exposed, observed = make_rows()
    Z = prep(X, prep_fit(X))
    t = np.where(observed == 2, 1, np.where((observed == 1) & (exposed == 1), 0.3, 0)).astype(
        np.float32
    )
    json.dump(
        dict(
            features=X.tolist(),
            exposed=exposed.tolist(),
            observed=observed.tolist(),
            exposed_share=EXPOSED_SHARE,
            labels=t.tolist(),
            label_correction=label_correction(Z, exposed, observed),
            segmentation=segmentation(Z, exposed, observed, t),
        ),
        sys.stdout,
    )


main()
