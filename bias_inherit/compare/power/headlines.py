"""A task's headline before a study: which change of it is found, how surely, and with how many documents."""

from math import sqrt
from typing import NamedTuple

from bias_inherit.compare.headline import Declared, questions
from bias_inherit.compare.power.known import Known, OfContrast
from bias_tasks.headline import Headline
from bias_tasks.margins import Unit
from bias_tasks.statistics import (
    POWER,
    SIGNIFICANCE,
    Design,
    clusters_needed,
    counts_seeds,
    fewest_clusters,
    power_to_find,
    smallest_effect,
)
from bias_tasks.workload import workload


class Planned(NamedTuple):
    """What is planned of one task.

    Attributes:
        documents: That both models answer.
        seeds: Training seeds.
        level: At which the task's headline is tested.
    """

    documents: int
    seeds: int = 1
    level: float = SIGNIFICANCE


class KnownHeadline(NamedTuple):
    """A headline of a task, and what is known of how it scatters.

    Attributes:
        hardest: Of several contrasts the one that scatters most: whichever moves is found at least so surely.
        seen: Documents that this is known from.
        instead_of: What the study asks first, where nothing is known of that.
    """

    task: str
    headline: Headline
    hardest: OfContrast
    seen: int
    instead_of: str = ""

    @property
    def name(self) -> str:
        """`lean`; `lean of any of 4 groups`."""
        several = len(self.headline.contrasts)
        return self.headline.name + (f" of any of {several} groups" if several > 1 else "")

    @property
    def unit(self) -> Unit:
        """Of its changes; contrasts of one headline have the same."""
        return self.headline.contrasts[0].unit

    @property
    def documents(self) -> int:
        """All of the task's; of a public set as many as were seen."""
        load = workload().get(self.task)
        return load.documents if load else self.seen

    def clusters(self, documents: int) -> int:
        """How many clusters so many documents hold."""
        return round(documents * self.hardest.clusters / self.seen)

    def smallest_change(self, planned: Planned, power: float = POWER) -> float:
        """The change that so large a share of such studies would find; NaN where none can be."""
        return smallest_effect(self.hardest.scatter, self._design(planned), power)

    def share_found(self, change: float, planned: Planned) -> float:
        """Share of such studies that would find a change, in its true direction."""
        return power_to_find(change, self.hardest.scatter, self._design(planned))

    def documents_needed(self, change: float, power: float, seeds: int, level: float) -> int | None:
        """With which so large a share of studies would find a change; None where no number is enough."""
        design = self._design(Planned(self.documents, seeds, level))
        needed = clusters_needed(change, self.hardest.scatter, design, power)
        return None if needed is None else self._documents(needed)

    def fewest_documents(self, level: float, seeds: int) -> int:
        """With fewer nothing is found, however large."""
        return self._documents(fewest_clusters(self._significance(level), seeds))

    def counts_seeds(self, seeds: int) -> bool:
        """Whether how much training seeds scatter is in the answers."""
        return counts_seeds(self.hardest.scatter, seeds)

    def _design(self, planned: Planned) -> Design:
        """Of two groups each against the other, one contrast mirrors the other: one is asked."""
        several = len(self.headline.contrasts)
        return Design(
            self.clusters(planned.documents),
            planned.seeds,
            self._significance(planned.level),
            several if several > 2 else 1,
        )

    def _significance(self, level: float) -> float:
        """Of the two-sided test: in a declared direction it is one-sided."""
        return level if self.headline.direction == "either" else 2 * level

    def _documents(self, clusters: int) -> int:
        return -(-clusters * self.seen // self.hardest.clusters)


def known_headline(task: str, known: Known, declared: Declared) -> KnownHeadline | None:
    """What a study asks of a task first, as far as enough is known of it; None where it is not.

    Args:
        task: Harness name.
        declared: Headlines beside the tasks' own.
    """
    of_task = known.of(task)
    if of_task is None:
        return None
    asked = questions(task, declared)
    for headline in asked:
        names = [contrast.name for contrast in headline.contrasts]
        if found := [of_task.contrasts[name] for name in names if name in of_task.contrasts]:
            hardest = max(found, key=lambda of: of.difference / sqrt(of.clusters))
            instead_of = "" if headline is asked[0] else asked[0].name
            return KnownHeadline(task, headline, hardest, of_task.documents, instead_of)
    return None
