"""What a question came to: an effect over seeds and documents, its verdict, and what would decide it."""

from collections.abc import Sequence
from math import isnan, sqrt
from typing import Literal, NamedTuple

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
    Interval,
    Responses,
    Scatter,
    clusters_needed,
    holm,
    smallest_effect,
    standard_error,
)

Verdict = Literal[
    "as in the paper",
    "the other way",
    "told apart",
    "mixed",
    "equal",
    "not told apart",
    "alike",
    "missing",
]
MOST_SEEDS = 200
"""More of them are as good as never."""


class Measured(NamedTuple):
    """The answer to one question, before it is held against others of its family.

    Attributes:
        effect: With its 95 % interval and two-sided p: over seeds and documents from `FEWEST_SEEDS` on.
        narrow: The interval of two one-sided tests.
        document_error: Of the mean over these seeds, when documents are drawn anew.
        clusters: Of documents.
        documents: That all models answered.
        is_alike: Whether no answer changed.
        margin: Below which a change counts as none; NaN where none is declared.
    """

    effect: Effect
    narrow: Interval
    document_error: float
    clusters: int
    documents: int
    is_alike: bool
    expected: Direction
    margin: float

    def verdict(self, p_holm: float) -> Verdict:
        """In a few words.

        Below `FEWEST_SEEDS` p and intervals do not know of the scatter between seeds. Then nothing is told
        apart that some seed contradicts, and nothing is equal that goes beyond the margin under some seed.

        Args:
            p_holm: p among all questions of the family.
        """
        if p_holm <= SIGNIFICANCE:
            if self.effect.is_contradicted:
                return "mixed"
            if self.expected == "either":
                return "told apart"
            return "as in the paper" if (self.effect.mean > 0) == (self.expected == "up") else "the other way"
        if self.is_alike:
            return "alike"
        return "equal" if self.is_within_margin else "not told apart"

    @property
    def is_within_margin(self) -> bool:
        """Whether it is shown to be smaller than the margin, told apart from none or not."""
        return self.effect._replace(interval=self.narrow).stays_within(self.margin)

    def needed(self, tests: int) -> tuple[int | None, int | None]:
        """With how many seeds, or else how many documents, a change of the margin's size would be found.

        In 80 of 100 such studies, at the first step of Holm's method. Seeds: with the documents as they are.
        Documents: with the seeds as they are, or with `FEWEST_SEEDS` if those are fewer. None where no number
        is enough, or where it cannot be told.

        Args:
            tests: Of the family.
        """
        seeds = len(self.effect.points)
        if isnan(self.margin) or seeds < 2:
            return None, None
        # What seeds do not share of the documents' error is counted as shared: somewhat too many seeds.
        scatter = Scatter(
            self.document_error * sqrt(self.clusters), float(np.std(self.effect.points, ddof=1))
        )
        level = SIGNIFICANCE / tests

        def finds(number: int) -> bool:
            return smallest_effect(scatter, Design(self.clusters, number, level)) <= self.margin

        enough = next((number for number in range(FEWEST_SEEDS, MOST_SEEDS + 1) if finds(number)), None)
        design = Design(self.clusters, max(seeds, FEWEST_SEEDS), level)
        wanted = clusters_needed(self.margin, scatter, design)
        return enough, wanted and round(wanted * self.documents / self.clusters)


def measure(response: Responses, expected: Direction, margin: float, documents: int) -> Measured:
    """The answer to a question.

    Args:
        response: Of every seed the weighted sum of its models, as one model.
        margin: As `Measured`'s.
        documents: That all models answered.
    """
    return Measured(
        response.effect([1.0]),
        response.effect([1.0], EQUIVALENCE_LEVEL).interval,
        standard_error(response.draws[0].mean(axis=0), response.n_clusters),
        response.n_clusters,
        documents,
        bool(max(np.abs(response.values).max(), np.abs(response.draws).max()) <= ROUNDING),
        expected,
        margin,
    )


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
