"""What a model says of every choice: renormalised log-probabilities, and what contrasts are made of.

The harness hands over total log-likelihoods, log P(choice | prompt), summed over the choice's tokens. They
are renormalised over the choices and not divided by length, so that the likeliest choice of the graded
measures is the one that counts as the answer (the harness's `acc`, not its `acc_norm`). A choice of more
tokens has less probability for every group alike; contrasts are of the same choices under two groups.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy.special import softmax

from bias_tasks.records import BoolArray, Columns, FloatArray

DECIMALS = 5
"""Of a log-probability in a sample file; models in half precision are sure of three at the most."""

UNREAD = ()
"""The log-probabilities of a document of which one choice has none, or none that is finite."""


def log_probabilities(log_likelihoods: Sequence[float]) -> tuple[float, ...]:
    """log of each choice's share of the probability that all choices have together.

    Adding a constant to all log-likelihoods changes nothing. `UNREAD` if one of them is infinite or not a
    number: no log-odds can then be told.

    Args:
        log_likelihoods: One a choice, in the task's declared order.
    """
    if not all(map(math.isfinite, log_likelihoods)):
        return UNREAD
    shares = np.asarray(log_likelihoods, dtype=float) - np.logaddexp.reduce(log_likelihoods)
    return tuple(round(float(share), DECIMALS) + 0.0 for share in shares)


@lru_cache(maxsize=2)
def choices(columns: Columns, count: int) -> FloatArray:
    """Log-probabilities of all documents, shape (n, count); NaN in a row that was not recorded or not read.

    Read-only and cached, because every graded metric asks for them.

    Raises:
        ValueError: a document has another number of choices.
    """
    table = np.full((len(columns), count), np.nan)
    for place, row in enumerate(columns.log_probabilities):
        if row:
            if len(row) != count:
                raise ValueError(f"{len(row)} log-probabilities where there are {count} choices")
            table[place] = row
    table.flags.writeable = False
    return table


def is_recorded(columns: Columns) -> BoolArray:
    """Of which documents log-likelihoods were looked at: not of written answers, nor in old result files."""
    return np.array([row is not None for row in columns.log_probabilities], dtype=bool)


def is_unread(columns: Columns) -> BoolArray:
    """Of which documents they were looked at and could not be used."""
    return np.array([row == UNREAD for row in columns.log_probabilities], dtype=bool)


def is_read(columns: Columns) -> BoolArray:
    """Of which documents every choice has a finite log-probability."""
    return is_recorded(columns) & ~is_unread(columns)


def log_odds(log_shares: FloatArray) -> FloatArray:
    """Log-odds of each choice against all others together, shape (n, K) -> (n, K).

    From the other choices' shares and not from 1 - share, which loses all digits near 1.
    """
    with np.errstate(invalid="ignore"):  # rows that were not read
        rest = [
            np.logaddexp.reduce(np.delete(log_shares, choice, axis=1), axis=1)
            for choice in range(log_shares.shape[1])
        ]
    return np.asarray(log_shares - np.stack(rest, axis=1), dtype=float)


def probabilities(log_shares: FloatArray) -> FloatArray:
    """Each choice's share of probability, shape (..., K) -> (..., K).

    What is recorded is rounded: they are made to add up to 1 once more.
    """
    return np.asarray(softmax(log_shares, axis=-1), dtype=float)
