"""What is known of how differences of two models scatter, by task and metric."""

from collections.abc import Mapping
from functools import cache
from math import nan, sqrt

from pydantic import BaseModel, ConfigDict

from bias_tasks.authored import read_yaml
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.statistics import Scatter

SHIPPED = "embedded.yaml"


class _Recorded(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OfMetric(_Recorded):
    """One metric of one task; standard deviations are of what one cluster adds.

    Attributes:
        clusters: That the metric was of.
        difference: Standard deviation of the difference of two models.
        alone: The same of one model's value, the root mean square of the two.
        none: What the metric shows where nothing differs, times the root of the number of clusters.
        seeds: Standard deviation of the difference over training seeds; None where one seed alone was seen.
        shared: Correlation of clusters' differences under two seeds; None likewise.
    """

    clusters: int
    difference: float
    alone: float
    none: float = 0.0
    seeds: float | None = None
    shared: float | None = None

    @property
    def scatter(self) -> Scatter:
        """For the formulas of power."""
        seeds = nan if self.seeds is None else self.seeds
        return Scatter(self.difference, self.none, seeds, 1.0 if self.shared is None else self.shared)

    @property
    def correlation(self) -> float:
        """Of what a cluster adds to one model's value with what it adds to the other's."""
        return 1 - self.difference**2 / (2 * self.alone**2)

    def of_other(self, alone: float) -> "OfMetric":
        """Of a model of which one is known, as if its pair were as correlated as this one.

        Args:
            alone: That model's.
        """
        return self.model_copy(
            update={"alone": alone, "difference": alone * sqrt(2 * (1 - self.correlation)), "seeds": None}
        )


class OfTask(_Recorded):
    """One task.

    Attributes:
        documents: That were answered.
        metrics: Those whose differences scatter; where no answer differs, nothing can be told beforehand.
    """

    documents: int
    metrics: Mapping[str, OfMetric]

    def clusters(self, metric: str, documents: int) -> int:
        """How many clusters a metric would be of among so many of the task's documents."""
        return round(documents * self.metrics[metric].clusters / self.documents)

    def documents_of(self, metric: str, clusters: int) -> int:
        """How many documents hold so many clusters of a metric."""
        return -(-clusters * self.documents // self.metrics[metric].clusters)


class Known(_Recorded):
    """All that is known.

    Attributes:
        model: That was scored.
        pair: Which two models; empty where one alone is known.
        note: What a reader must know besides.
        date: When it was recorded; empty where it is read off results.
        command: That recorded it.
        versions: Of the packages that have a say.
        tasks: By harness name.
    """

    model: str
    pair: str = ""
    note: str = ""
    date: str = ""
    command: str = ""
    versions: Mapping[str, str] = {}
    tasks: Mapping[str, OfTask]

    def of(self, task: str) -> OfTask | None:
        """What is known of a task: its own, or of the same documents and measure asked by another family."""
        if task in self.tasks:
            return self.tasks[task]
        wanted = ALL_TASKS[task]
        for name, found in self.tasks.items():
            entry = ALL_TASKS[name]
            if "bias_public" not in (entry.family, wanted.family) and entry.measure is wanted.measure:
                return found
        return None

    @property
    def words(self) -> str:
        """Whose variances these are, in one line."""
        recorded = f", recorded {self.date}" if self.date else ""
        return ": ".join(part for part in (f"{self.model}{recorded}", self.pair) if part) + (
            f" ({self.note})" if self.note else ""
        )


@cache
def shipped() -> Known:
    """Of the embedded model; written by `python -m benchmarks.variances`."""
    return Known.model_validate(read_yaml(__file__, SHIPPED))
