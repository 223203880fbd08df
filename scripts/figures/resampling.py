"""Standard errors over customers or households: Qini by the bootstrap, rates by influences."""

import numpy as np

DRAWS = 200


class Ranked:
    """Customers in the order of a score, with what a Qini of any weights of them takes."""

    def __init__(self, score, exposed, engaged, household):
        order = np.argsort(-score, kind="stable")
        exposed, engaged = exposed[order].astype(float), engaged[order].astype(float)
        self.exposed = exposed
        self.engaged_exposed = exposed * engaged
        self.engaged_unexposed = (1 - exposed) * engaged
        self.household = household[order]

    def qini(self, times=None):
        """Returns the Qini in basis points; household h counts times[h] times.

        With every household once it is that of the reference's metrics.
        """
        weight = np.ones(len(self.exposed)) if times is None else times[self.household]
        everybody = np.cumsum(weight)
        exposed = np.cumsum(weight * self.exposed)
        gained = np.cumsum(weight * self.engaged_unexposed)
        gained *= exposed / np.maximum(everybody - exposed, 1)
        gained = (np.cumsum(weight * self.engaged_exposed) - gained) / exposed[-1]
        gap = gained - everybody / everybody[-1] * gained[-1]
        return 1e4 * float(weight @ gap) / everybody[-1]


def draws(households):
    """Yields how often each household comes in a draw with replacement; each call is the same."""
    random = np.random.default_rng(1)
    for _ in range(DRAWS):
        drawn = random.integers(0, households, households)
        yield np.bincount(drawn, minlength=households).astype(float)


def qinis(tests):
    """Returns {name: [Qini, Qini of each draw]} as means over the tests.

    A test has the `Ranked` customers of each name. A household that is in several tests comes as
    often in each of them.
    """
    names = list(tests[0])
    households = 1 + max(int(ranked.household.max()) for test in tests for ranked in test.values())

    def means(times):
        return [np.mean([test[name].qini(times) for test in tests]) for name in names]

    values = np.array([means(None), *(means(times) for times in draws(households))])
    return dict(zip(names, values.T))


def estimate(values):
    """Returns the value and its standard error, from a value and those of the draws."""
    return float(values[0]), float(np.std(values[1:], ddof=1))


def incremental_rate(exposed, engaged, household):
    """Returns engagements per 1,000 that exposure adds, and the standard error over households.

    NaN where one of both groups is empty.
    """
    is_exposed = exposed == 1
    count = np.array([(~is_exposed).sum(), is_exposed.sum()])
    if not count.all():
        return np.nan, np.nan
    rates = np.array([engaged[~is_exposed].mean(), engaged[is_exposed].mean()])
    influence = np.where(is_exposed, 1, -1) * (engaged - rates[exposed]) / count[exposed]
    by_household = np.bincount(household, influence)
    return 1e3 * (rates[1] - rates[0]), 1e3 * float(np.sqrt((by_household**2).sum()))
