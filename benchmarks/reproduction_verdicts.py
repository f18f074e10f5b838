"""What a question came to: an effect over seeds and documents, its verdict, and what would decide it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, sqrt
from typing import Literal

import numpy as np

from bias_tasks.headline import Direction
from bias_tasks.records import FloatArray
from bias_tasks.statistics import (
    EQUIVALENCE_LEVEL,
    FEWEST_SEEDS,
    ROUNDING,
    SIGNIFICANCE,
    Design,
    Effect,
    Responses,
    Scatter,
    clusters_needed,
    holm,
    is_equivalent,
    smallest_effect,
    standard_error,
)

Verdict = Literal[
    "as in the paper", "the other way", "told apart", "equal", "not told apart", "alike", "missing"
]
MOST_SEEDS = 200
"""More of them are as good as never."""


@dataclass(frozen=True)
class Measured:
    """The answer to one question, before it is held against others of its family.

    Attributes:
        response: Of every seed the weighted sum of its models, as one model.
        margin: Below which a change counts as none; NaN where none is declared.
        documents: That all models answered.
    """

    response: Responses
    expected: Direction
    margin: float
    documents: int

    @property
    def effect(self) -> Effect:
        """With its 95 % interval and two-sided p: over seeds and documents from `FEWEST_SEEDS` on."""
        return self.response.effect([1.0])

    def verdict(self, p_holm: float) -> Verdict:
        """In a few words.

        Args:
            p_holm: p among all questions of the family.
        """
        mean = self.effect.mean
        if p_holm <= SIGNIFICANCE:
            if self.expected == "either":
                return "told apart"
            return "as in the paper" if (mean > 0) == (self.expected == "up") else "the other way"
        if max(np.abs(self.response.values).max(), np.abs(self.response.draws).max()) <= ROUNDING:
            return "alike"
        narrow = self.response.effect([1.0], EQUIVALENCE_LEVEL).interval
        return "equal" if is_equivalent(narrow, self.margin) else "not told apart"

    def needed(self, tests: int) -> tuple[int | None, int | None]:
        """With how many seeds, or else how many documents, a change of the margin's size would be found.

        In 80 of 100 such studies, at the first step of Holm's method. Seeds: with the documents as they are.
        Documents: with the seeds as they are, or with `FEWEST_SEEDS` if those are fewer. None where no number
        is enough, or where it cannot be told.

        Args:
            tests: Of the family.
        """
        seeds = self.response.values.shape[1]
        if isnan(self.margin) or seeds < 2:
            return None, None
        clusters = self.response.n_clusters
        of_documents = standard_error(self.response.draws[0].mean(axis=0), clusters)
        # What seeds do not share of the documents' error is counted as shared: somewhat too many seeds.
        scatter = Scatter(of_documents * sqrt(clusters), float(self.response.values[0].std(ddof=1)))
        level = SIGNIFICANCE / tests

        def finds(number: int) -> bool:
            return smallest_effect(scatter, Design(clusters, number, level)) <= self.margin

        enough = next((number for number in range(FEWEST_SEEDS, MOST_SEEDS + 1) if finds(number)), None)
        design = Design(clusters, max(seeds, FEWEST_SEEDS), level)
        wanted = clusters_needed(self.margin, scatter, design)
        return enough, wanted and round(wanted * self.documents / clusters)


def family_p(measured: Sequence[Measured | None]) -> list[float]:
    """Holm's p of each question among all that could be asked; NaN of the others."""
    p_values = [one.effect.p if one else float("nan") for one in measured]
    return [float(p) for p in holm(p_values)]


def independent(draws: FloatArray, place: int) -> FloatArray:
    """Draws of one task in an order of its own.

    Tasks of as many clusters have these drawn alike, though what they are has nothing to do with each other.

    Args:
        draws: The last axis is of draws.
        place: Of the task.
    """
    order = np.random.default_rng([17, place]).permutation(draws.shape[-1])
    return np.asarray(draws[..., order], dtype=float)
