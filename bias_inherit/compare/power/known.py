"""What is known of how differences of two models scatter, by task and signed contrast."""

from collections.abc import Mapping, Set
from functools import cache
from math import nan

from pydantic import BaseModel, ConfigDict

from bias_tasks.authored import read_yaml
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.statistics import Scatter
from bias_tasks.task import Family, TaskEntry

SHIPPED = "embedded.yaml"
OTHER_DOCUMENTS: Set[Family] = {"bias_public", "bias_placebo"}
"""Families that ask a measure of other documents than `bias_inherit` does."""


class _Recorded(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OfContrast(_Recorded):
    """One signed contrast of one task; standard deviations are of what one cluster adds.

    Attributes:
        clusters: That the contrast was of.
        difference: Standard deviation of the difference of two models.
        alone: The same of one model's value, the root mean square of the two.
        seeds: Standard deviation of the difference over training seeds; None where one seed alone was seen.
        shared: Correlation of clusters' differences under two seeds; None likewise.
    """

    clusters: int
    difference: float
    alone: float
    seeds: float | None = None
    shared: float | None = None

    @property
    def scatter(self) -> Scatter:
        """For the formulas of power."""
        seeds = nan if self.seeds is None else self.seeds
        return Scatter(self.difference, seeds, 1.0 if self.shared is None else self.shared)

    @property
    def correlation(self) -> float:
        """Of what a cluster adds to one model's value with what it adds to the other's."""
        return 1 - self.difference**2 / (2 * self.alone**2)


class OfTask(_Recorded):
    """One task.

    Attributes:
        documents: That were answered.
        contrasts: By name, those whose differences scatter; where no answer differs, nothing can be told.
    """

    documents: int
    contrasts: Mapping[str, OfContrast]


class Recording(_Recorded):
    """Where a file of variances is from.

    Attributes:
        date: Of the recording.
        command: That made it.
        versions: Of the packages that have a say.
    """

    date: str
    command: str
    versions: Mapping[str, str]


class Known(_Recorded):
    """All that is known.

    Attributes:
        models: Whose variances these are, in a few words.
        note: What a reader must know besides; empty if nothing.
        recorded: When and how, if this was not read off results just now.
        tasks: By harness name.
    """

    models: str
    note: str = ""
    recorded: Recording | None = None
    tasks: Mapping[str, OfTask]

    def of(self, task: str) -> OfTask | None:
        """What is known of a task: its own, or of the same documents and measure asked by another family."""
        if task in self.tasks:
            return self.tasks[task]
        wanted = ALL_TASKS[task]
        same = (found for name, found in self.tasks.items() if _asks_alike(ALL_TASKS[name], wanted))
        return next(same, None)

    @property
    def words(self) -> str:
        """Whose variances these are, in one line."""
        when = f", recorded {self.recorded.date}" if self.recorded else ""
        return f"{self.models}{when}" + (f" ({self.note})" if self.note else "")


def _asks_alike(one: TaskEntry, other: TaskEntry) -> bool:
    return (
        one.task is other.task
        and one.measure is other.measure
        and not {one.family, other.family} & OTHER_DOCUMENTS
    )


@cache
def shipped() -> Known:
    """Of the embedded model; written by `python -m benchmarks.variances`."""
    return Known.model_validate(read_yaml(__file__, SHIPPED))
