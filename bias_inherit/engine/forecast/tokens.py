"""Amounts of work for a model, and how fast a machine does it."""

import math
from typing import NamedTuple


class Tokens(NamedTuple):
    """What a step has a model do. What texts have in common at their beginnings is read once and counts once.

    Attributes:
        read: Tokens that it reads.
        written: Tokens that it writes.
        trained: Tokens that it is trained on, over all epochs; of each batch the distinct ones.
    """

    read: float = 0.0
    written: float = 0.0
    trained: float = 0.0

    def __add__(self, other: "Tokens") -> "Tokens":  # type: ignore[override]
        return Tokens(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class Speed(NamedTuple):
    """Of one model on one machine, for the steps of one study.

    Attributes:
        read, written, trained: Tokens a second; infinite where a study has none.
        loading: Seconds until the base is there, once.
        opening: Seconds of a step that asks the model beside its tokens: the adapter is put on and taken off.
        beginning: Seconds of a training beside its tokens: until the first step, and to save.
    """

    read: float
    written: float = math.inf
    trained: float = math.inf
    loading: float = 0.0
    opening: float = 0.0
    beginning: float = 0.0

    def seconds(self, tokens: Tokens) -> float:
        """Of one step, the base being there; none where the model has nothing to do."""
        rates = (self.read, self.written, self.trained)
        working = sum(amount / rate for amount, rate in zip(tokens, rates, strict=True))
        asks, trains = tokens.read + tokens.written > 0, tokens.trained > 0
        return working + asks * self.opening + trains * self.beginning
