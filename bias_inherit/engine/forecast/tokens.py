"""Amounts of work for a model, and how fast a machine does it."""

from typing import NamedTuple


class Tokens(NamedTuple):
    """What a step has a model do.

    Attributes:
        read: Tokens that it reads.
        written: Tokens that it writes.
        trained: Tokens that it is trained on, over all epochs.
    """

    read: float = 0.0
    written: float = 0.0
    trained: float = 0.0

    def __add__(self, other: "Tokens") -> "Tokens":  # type: ignore[override]
        return Tokens(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class Rates(NamedTuple):
    """Tokens a second of one model on one machine; `trained` is infinite where nothing is to be trained."""

    read: float
    written: float
    trained: float

    def seconds(self, tokens: Tokens) -> float:
        """For some work."""
        return sum(amount / rate for amount, rate in zip(tokens, self, strict=True))
