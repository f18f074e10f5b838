"""What comparisons report: one row a task and metric."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import isnan
from typing import Literal, NamedTuple, TypeVar

from bias_inherit.compare.contrast import Contrast, Test
from bias_tasks.measure import EVERY_HEADLINE
from bias_tasks.statistics import (
    NO_INTERVAL,
    SIGNIFICANCE,
    Interval,
    benjamini_hochberg,
    cohens_h,
    standardised_difference,
)

DESCRIPTION = "gap"
"""Shown with its interval and never starred: it has no sign, and what is asked first is a headline."""

UNDEFINED = float("nan")


class Estimate(NamedTuple):
    """A value with its standard error and 95 % interval (NaN where there is none)."""

    value: float
    stderr: float
    interval: Interval = NO_INTERVAL


@dataclass(frozen=True, kw_only=True)
class Tested:
    """A contrast of one metric of one task as one row of a table, among other tests.

    Attributes:
        contrast: What was found, with interval and test.
        q: p among all tests of the declared family (Benjamini-Hochberg).
    """

    task: str
    metric: str
    contrast: Contrast
    q: float = UNDEFINED

    @property
    def stderr(self) -> float:
        """Of the contrast; documents and resampled clusters are the same for all models."""
        return self.contrast.stderr

    @property
    def interval(self) -> Interval:
        """95 %, of the paired cluster bootstrap; for a gap see `combination_bounds`."""
        return self.contrast.interval

    @property
    def equivalence_interval(self) -> Interval:
        """The one that two one-sided tests at 5 % go by."""
        return self.contrast.equivalence_interval

    @property
    def p(self) -> float:
        """Two-sided, that the contrast is 0; for a gap also that no model has one. NaN where untested."""
        return self.contrast.p

    @property
    def test(self) -> Test:
        """Where p is from, or why there is none."""
        return self.contrast.test

    @property
    def mde(self) -> float:
        """The true contrast that a test at 5 % would find in 80 of 100 cases.

        For a gap that may grow from none, what none looks like (`gap_null`) is part of it.
        """
        return self.contrast.mde

    @property
    def n_documents(self) -> int:
        """Documents of the slice, in the model that answered the fewest."""
        return self.contrast.n_documents

    @property
    def n_clusters(self) -> int:
        """Their clusters."""
        return self.contrast.n_clusters

    @property
    def stands_out(self) -> bool:
        """Whether interval and test both tell the contrast from 0, taken alone; a gap is description."""
        if self.metric == DESCRIPTION:
            return False
        return self.p <= SIGNIFICANCE and (self.interval.low > 0 or self.interval.high < 0)

    @property
    def survives(self) -> bool:
        """Whether it stands out and still does among all tests of the family."""
        return self.stands_out and self.q <= SIGNIFICANCE


@dataclass(frozen=True, kw_only=True)
class Difference(Tested):
    """A metric of one model minus that of the reference, on the documents that both scored."""

    @property
    def reference(self) -> float:
        """The metric of the reference."""
        return self.contrast.values[0]

    @property
    def other(self) -> float:
        """The metric of the model that is compared with it."""
        return self.contrast.values[1]

    @property
    def delta(self) -> float:
        """Other minus reference."""
        return self.contrast.value

    @property
    def effect(self) -> float:
        """Cohen's h for a share of documents, else Δ in standard deviations of a cluster's contribution."""
        if self.contrast.is_share:
            return cohens_h(self.reference, self.other)
        return standardised_difference(self.delta, self.stderr, self.n_clusters)

    @property
    def effect_is(self) -> Literal["h", "d"]:
        """Which of the two."""
        return "h" if self.contrast.is_share else "d"


@dataclass(frozen=True, kw_only=True)
class Slope(Tested):
    """How a metric moves with a dose: least squares over models that share their documents.

    Interval and test speak of documents, not of other training runs.

    Attributes:
        doses: One a model, for example γ.
    """

    doses: tuple[float, ...]

    @property
    def values(self) -> tuple[float, ...]:
        """The metric of each model."""
        return self.contrast.values

    @property
    def slope(self) -> float:
        """Change of the metric for a change of 1 in dose."""
        return self.contrast.value


class Family(NamedTuple):
    """Tests that are adjusted together.

    Attributes:
        name: What they are.
        method: How they are adjusted.
        size: Their number. What cannot be tested (p is NaN) does not count.
    """

    name: str
    method: Literal["Benjamini-Hochberg", "Holm"]
    size: int

    def __str__(self) -> str:
        return f"{self.name}: {self.method} over {self.size} tests"


Row = TypeVar("Row", bound=Tested)


def is_slice(metric: str) -> bool:
    """Which of a table's two declared families a test is in: the headlines, or all that lies beneath."""
    return metric not in EVERY_HEADLINE


def in_families(rows: Iterable[Row], of: str) -> tuple[list[Row], tuple[Family, ...]]:
    """All rows of one table with q: score, gap and lean are a family, slices another.

    Args:
        rows: Of every metric.
        of: What the table is of, as in `Family.name`.
    """
    listed = list(rows)
    families: list[Family] = []
    for slices, name in ((False, "score, gap and lean"), (True, "slices")):
        places = [place for place, row in enumerate(listed) if is_slice(row.metric) == slices]
        adjusted, family = one_family([listed[place] for place in places], f"{name} {of}")
        families.append(family)
        for place, row in zip(places, adjusted, strict=True):
            listed[place] = row
    return listed, tuple(families)


def one_family(rows: Iterable[Row], name: str) -> tuple[list[Row], Family]:
    """The rows with q, all of them tests of one family."""
    listed = list(rows)
    q = benjamini_hochberg([row.p for row in listed])
    adjusted = [replace(row, q=float(value)) for row, value in zip(listed, q, strict=True)]
    return adjusted, Family(name, "Benjamini-Hochberg", tested([row.p for row in listed]))


def tested(p_values: list[float]) -> int:
    """How many count into a family."""
    return sum(not isnan(p) for p in p_values)
