"""What comparisons report: one row a task and metric."""

from collections.abc import Iterable
from math import isnan
from typing import Literal, NamedTuple, TypeVar

from bias_inherit.compare.contrast import Test
from bias_tasks.measure import HEADLINES
from bias_tasks.statistics import (
    NO_INTERVAL,
    SIGNIFICANCE,
    Interval,
    benjamini_hochberg,
    holm,
    is_equivalent,
)

HEADLINE = "gap"
"""The metric declared beforehand for every task: its primary disparity."""

UNDEFINED = float("nan")


class Estimate(NamedTuple):
    """A value with its standard error and 95 % interval (NaN where there is none)."""

    value: float
    stderr: float
    interval: Interval = NO_INTERVAL


class Difference(NamedTuple):
    """A metric of one model minus that of the reference, on the documents that both scored.

    Attributes:
        stderr: Of the difference; documents and resampled clusters are the same for both.
        interval: 95 %, of the paired cluster bootstrap; for a gap see `combination_bounds`.
        equivalence_interval: The one that two one-sided tests at 5 % go by.
        p: Two-sided, that the models do not differ; for a gap also that neither is one. NaN where that is not
            tested.
        test: Where p is from, or why there is none.
        q: p among all tests of the declared family (Benjamini-Hochberg).
        p_holm: p among the headline contrasts; only for these.
        effect: Cohen's h for a share of documents, else Δ in standard deviations of a cluster's contribution.
        effect_is: Which of the two.
        mde: The true Δ that a test at 5 % would find in 80 of 100 cases. For a gap that may grow from none,
            what none looks like (`gap_null`) is part of it.
        n_documents: Matched documents of the slice, in the model that answered the fewer.
        n_clusters: Their clusters.
    """

    task: str
    metric: str
    reference: float
    other: float
    delta: float
    stderr: float
    interval: Interval
    equivalence_interval: Interval
    p: float
    test: Test
    effect: float
    effect_is: Literal["h", "d"]
    mde: float
    n_documents: int
    n_clusters: int
    q: float = UNDEFINED
    p_holm: float = UNDEFINED

    @property
    def stands_out(self) -> bool:
        """Whether interval and test both tell the difference from 0, taken alone."""
        return self.p <= SIGNIFICANCE and _leaves_out_0(self.interval)

    @property
    def survives(self) -> bool:
        """Whether it stands out and still does among all tests of the family."""
        return self.stands_out and self.q <= SIGNIFICANCE

    def is_equivalent(self, margin: float) -> bool:
        """Whether the models are shown to differ by less than a margin stated beforehand."""
        return is_equivalent(self.equivalence_interval, margin)


class Slope(NamedTuple):
    """How a metric moves with a dose: least squares over models that share their documents.

    Attributes:
        doses: One a model, for example γ.
        values: The metric of each model.
        slope: Change of the metric for a change of 1 in dose.
        stderr, interval, equivalence_interval, p, test, q, p_holm, mde, n_documents, n_clusters: As in
            `Difference`. They speak of documents, not of other training runs.
    """

    task: str
    metric: str
    doses: tuple[float, ...]
    values: tuple[float, ...]
    slope: float
    stderr: float
    interval: Interval
    equivalence_interval: Interval
    p: float
    test: Test
    mde: float
    n_documents: int
    n_clusters: int
    q: float = UNDEFINED
    p_holm: float = UNDEFINED

    @property
    def stands_out(self) -> bool:
        """Whether interval and test both tell the slope from 0, taken alone."""
        return self.p <= SIGNIFICANCE and _leaves_out_0(self.interval)

    @property
    def survives(self) -> bool:
        """Whether it stands out and still does among all tests of the family."""
        return self.stands_out and self.q <= SIGNIFICANCE


def _leaves_out_0(interval: Interval) -> bool:
    return interval.low > 0 or interval.high < 0


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


Row = TypeVar("Row", Difference, Slope)


def is_slice(metric: str) -> bool:
    """Which of a table's two declared families a test is in: `HEADLINES`, or all that lies beneath."""
    return metric not in HEADLINES


def in_families(rows: Iterable[Row], of: str) -> tuple[list[Row], tuple[Family, ...]]:
    """All rows of one table with q and Holm's p: score and gap are a family, slices another.

    Args:
        rows: Of every metric.
        of: What the table is of, as in `Family.name`.
    """
    listed = list(rows)
    families: list[Family] = []
    for slices, name in ((False, "score and gap"), (True, "slices")):
        places = [place for place, row in enumerate(listed) if is_slice(row.metric) == slices]
        adjusted, family = one_family([listed[place] for place in places], f"{name} {of}")
        families.append(family)
        for place, row in zip(places, adjusted, strict=True):
            listed[place] = row
    listed, gaps = headline_family(listed, f"gap {of}")
    return listed, (*families, gaps)


def one_family(rows: Iterable[Row], name: str) -> tuple[list[Row], Family]:
    """The rows with q, all of them tests of one family."""
    listed = list(rows)
    q = benjamini_hochberg([row.p for row in listed])
    adjusted = [row._replace(q=float(value)) for row, value in zip(listed, q, strict=True)]
    return adjusted, Family(name, "Benjamini-Hochberg", _tested([row.p for row in listed]))


def headline_family(rows: Iterable[Row], name: str) -> tuple[list[Row], Family]:
    """The rows, those of the gap with Holm's p among each other."""
    listed = list(rows)
    places = [place for place, row in enumerate(listed) if row.metric == HEADLINE]
    p_values = [listed[place].p for place in places]
    for place, p in zip(places, holm(p_values), strict=True):
        listed[place] = listed[place]._replace(p_holm=float(p))
    return listed, Family(name, "Holm", _tested(p_values))


def _tested(p_values: list[float]) -> int:
    return sum(not isnan(p) for p in p_values)
