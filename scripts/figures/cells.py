"""Trainings on randomised campaigns, each measured on the half that it did not see."""

import time
from dataclasses import dataclass

import numpy as np
import rivals
from report import progress
from resampling import Ranked
from server import SEGMENTS

PRODUCT = "pg_intent"
COMMITTEE, SINGLE = {"ensemble": 5}, {"ensemble": 1}
# The splits of each campaign into halves, by seed.
SPLITS = [1, 2]


@dataclass
class Cell:
    """A training on a half, and the other half as that model ranks and sorts it."""

    campaign: object
    split: int
    rows: int
    """The number of rows that trained."""
    held_out: np.ndarray
    """The rows of the other half."""
    ranked: dict
    """These rows by score, for the product and each rival."""
    segment: np.ndarray
    """The code of the segment of each of these rows."""
    expected: np.ndarray
    """The expected size of each segment among them."""
    distinct: int
    """The number of distinct scores among them."""
    info: dict
    """The columns of model_info()."""


def fit(backend, campaign, rows, options):
    """Trains on rows of a campaign; returns their features, engagement and exposure."""
    X, engaged, exposed = campaign.X[rows], campaign.engaged[rows], campaign.exposed[rows]
    # A campaign label does not exist: who engaged is recorded as organic.
    backend.fit(X, engaged, exposed, options, campaign.names)
    return X, engaged, exposed


def train(backend, campaign, split, rows, held_out, options):
    """Trains on rows of a campaign, and measures on others."""
    started = time.monotonic()
    X, engaged, exposed = fit(backend, campaign, rows, {"seed": split, **options})
    others = campaign.X[held_out]
    uplift, segment, P = backend.rank(others, campaign.names)
    scores = {PRODUCT: uplift, **rivals.rankings(X, engaged, exposed, others)}
    outcome = [one[held_out] for one in (campaign.exposed, campaign.engaged, campaign.household)]
    ranked = {name: Ranked(score, *outcome) for name, score in scores.items()}
    shown = ", ".join(f"{name} {one.qini():.1f}" for name, one in ranked.items())
    progress(f"{campaign.title}, {len(rows):,} rows, split {split}: Qini {shown}", started)
    distinct, expected = len(np.unique(P, axis=0)), P.sum(0)
    info = backend.info()
    return Cell(
        campaign, split, len(rows), held_out, ranked, segment, expected, distinct, info
    )


def train_half(backend, campaign, split, number, whole):
    """Trains on half `number` of a split: a committee on the campaign's number of rows, or one
    network on all of them."""
    both = campaign.halves(split)
    half, other = both[number], both[1 - number]
    if whole:
        return train(backend, campaign, split, half, other, SINGLE)
    return train(backend, campaign, split, campaign.training_part(half), other, COMMITTEE)


class Randomised:
    """The cells of all campaigns, trained when a section first asks for them."""

    def __init__(self, pool, shared):
        self.pool, self.shared, self.trained = pool, shared, None

    def cells(self):
        """Returns [(campaign, True if whole halves trained one network, cells)]."""
        if self.trained is None:
            import campaigns

            kinds = []
            for campaign in campaigns.read_all(self.shared):
                kinds.append((campaign, False, SPLITS))
                if campaign.training_rows is not None:
                    kinds.append((campaign, True, SPLITS[:1]))
            self.trained = [
                (campaign, whole, self.pool.map(train_half, jobs_of(campaign, whole, splits)))
                for campaign, whole, splits in kinds
            ]
        return self.trained


def jobs_of(campaign, whole, splits):
    return [(campaign, split, number, whole) for split in splits for number in (0, 1)]
