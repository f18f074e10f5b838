"""The probe's pairs of statements about a named character."""

from functools import lru_cache

import numpy as np
from pydantic import BaseModel, ConfigDict, TypeAdapter
from scipy.special import expit

from bias_tasks.authored import read_yaml
from bias_tasks.records import FloatArray


class Statements(BaseModel):
    """NAME is `negative`, against NAME is `positive`; `pair` is the trait pair of the ABC model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dimension: str
    pair: str
    negative: str
    positive: str


@lru_cache(maxsize=1)
def statements() -> tuple[Statements, ...]:
    """All pairs."""
    return TypeAdapter(tuple[Statements, ...]).validate_python(read_yaml(__file__, "statements.yaml"))


def poles() -> list[str]:
    """The choices of a document: negative and positive pole of each pair in turn."""
    return [pole for pair in statements() for pole in (pair.negative, pair.positive)]


def log_odds_of_negative(log_shares: FloatArray) -> FloatArray:
    """Log-odds of the negative against the positive pole, shape (..., 2 pairs) -> (..., pairs)."""
    return np.asarray(log_shares[..., 0::2] - log_shares[..., 1::2], dtype=float)


def probability_of_negative(log_shares: FloatArray) -> FloatArray:
    """Of the negative pole, where one of a pair is said, shape (..., 2 pairs) -> (..., pairs)."""
    return np.asarray(expit(log_odds_of_negative(log_shares)), dtype=float)


def evaluative() -> FloatArray:
    """Weights of the mean over the pairs that have a negative pole: not beliefs. Shape (pairs,)."""
    return of_dimensions("agency", "communion")


def of_dimensions(*dimensions: str) -> FloatArray:
    """Weights of the mean over the pairs of some dimensions, shape (pairs,)."""
    member = np.array([pair.dimension in dimensions for pair in statements()], dtype=float)
    return np.asarray(member / member.sum(), dtype=float)
