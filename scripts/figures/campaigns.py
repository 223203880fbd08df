"""Randomised campaigns of real customers: features, exposure, engagement and households."""

import os
from dataclasses import dataclass

import numpy as np
import pandas as pd

FILES = ["hillstrom.csv.gz", "gotv.csv.gz", "charity.csv.gz"]
VOTES = ["n_general", "n_primary", "g2000", "g2002", "g2004", "p2000", "p2002", "p2004"]
HILLSTROM_NAMES = [
    *("recency", "history", "mens", "womens", "newbie", "rural", "suburban", "urban"),
    *("phone", "web", "multichannel", "mens_and_womens"),
]


@dataclass(frozen=True)
class Campaign:
    """The people of a randomised campaign, and those that were left out of it by chance."""

    title: str
    names: list
    X: np.ndarray
    exposed: np.ndarray
    engaged: np.ndarray
    household: np.ndarray
    """The number of each person's household, from 0; people of one household got the same."""
    training_rows: tuple | None = None
    """The most exposed and unexposed people of a half to train on."""

    def halves(self, seed):
        """Returns both halves of the households at random, as the rows of their people.

        The rows are in random order, so that equal scores are ranked at random.
        """
        random = np.random.default_rng(seed)
        households = self.household.max() + 1
        in_first = random.permutation(households) < households // 2
        rows = random.permutation(len(self.X))
        first = in_first[self.household[rows]]
        return rows[first], rows[~first]

    def training_part(self, rows):
        """Returns those of a half's rows that a training takes."""
        if self.training_rows is None:
            return rows
        exposed, unexposed = self.training_rows
        is_exposed = self.exposed[rows] == 1
        parts = [rows[is_exposed][:exposed], rows[~is_exposed][:unexposed]]
        return np.concatenate(parts)


def hillstrom(arm):
    """Returns the customers of an arm of Hillstrom's e-mail test; engaged means a visit."""
    from hillstrom import hillstrom as read

    X, mailed, visit, _, _ = read(arm)
    titles = {"both": "both e-mails", "womens": "women's", "mens": "men's"}
    customers = np.arange(len(X))
    title = f"Hillstrom, {titles[arm]}"
    return Campaign(title, HILLSTROM_NAMES, X, mailed, np.asarray(visit), customers)


def gotv(frame, mailing):
    """Returns the voters that got a mailing, or none; engaged means a vote."""
    people = frame[frame.treatment.isin([mailing, "Control"])]
    female = (people.sex == "female").astype(float)
    X = np.column_stack([people[["hh_size", "age", *VOTES]].to_numpy(float), female])
    household = np.unique(people.household, return_inverse=True)[1]
    exposed = (people.treatment == mailing).astype(int).to_numpy()
    names = ["hh_size", "age", *VOTES, "female"]
    engaged = people.voted.to_numpy()
    return Campaign(f"gotv, {mailing}", names, X, exposed, engaged, household, (19_000, 21_000))


def charity(folder):
    """Returns the donors that got a matching offer, or none; engaged means a gift."""
    frame = pd.read_csv(os.path.join(folder, "charity.csv.gz"))
    features = frame.drop(columns=["treatment", "gave", "amount"])
    donors = np.arange(len(frame))
    X, names = features.to_numpy(float), list(features)
    exposed, engaged = frame.treatment.to_numpy(), frame.gave.to_numpy()
    return Campaign("charity", names, X, exposed, engaged, donors)


def read_all(shared):
    """Returns every campaign, from the data beside the checkout."""
    folder = os.path.join(shared, "data")
    voters = pd.read_csv(os.path.join(folder, "gotv.csv.gz"))
    arms = [hillstrom(arm) for arm in ("both", "womens", "mens")]
    arms += [gotv(voters, m) for m in ("Civic Duty", "Hawthorne", "Self", "Neighbors")]
    return [*arms, charity(folder)]
