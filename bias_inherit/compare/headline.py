"""The headline of a study: of every task one signed change, in a direction declared beforehand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from bias_inherit.compare.contrast import SignedChange, signed_changes
from bias_inherit.compare.rows import UNDEFINED, Family, tested
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.headline import Direction, Headline
from bias_tasks.margins import Margins
from bias_tasks.records import Record
from bias_tasks.statistics import SIGNIFICANCE, Interval, holm, is_equivalent

Verdict = Literal["found", "equivalent", "undecided"]
Declared = Mapping[str, Headline]
"""Harness task name -> what the study declares; other tasks have their own."""


@dataclass(frozen=True, kw_only=True)
class HeadlineRow:
    """What a task answers to the headline.

    Attributes:
        task: Harness name.
        changes: Of every contrast that was asked: see `signed_changes` for their order.
        direction: That was declared.
        instead_of: What was to be asked and is undefined on these answers; empty if it was asked.
        p_holm: p among the headlines of all tasks.
    """

    task: str
    changes: tuple[SignedChange, ...]
    direction: Direction
    instead_of: str = ""
    p_holm: float = UNDEFINED

    @property
    def change(self) -> SignedChange:
        """The one that is shown: of several the surest and, of those, the largest."""
        return self.changes[0]

    @property
    def metric(self) -> str:
        """The contrast that is shown."""
        return self.change.signed.name

    @property
    def delta(self) -> float:
        """Of the contrast that is shown."""
        return self.change.delta

    @property
    def interval(self) -> Interval:
        """95 %; of several contrasts simultaneous."""
        return self.change.interval

    @property
    def p(self) -> float:
        """One-sided in a declared direction; of several contrasts that none moved. NaN where untested."""
        return self.change.p

    @property
    def is_found(self) -> bool:
        """Whether the change is told from 0 among the headlines of all tasks."""
        return self.p_holm <= SIGNIFICANCE

    @property
    def says(self) -> str:
        """What the change leans to: a sentence without its full stop."""
        return self.change.signed.above if self.delta > 0 else self.change.signed.below

    def is_equivalent(self, margins: Margins) -> bool:
        """Whether every contrast that was asked is shown to have moved by less than its margin.

        Each by two one-sided tests at 5 %. All must hold, so that nothing is adjusted (Berger 1982).
        """
        return all(
            is_equivalent(change.equivalence_interval, margins.of(change.signed.unit))
            for change in self.changes
        )

    def verdict(self, margins: Margins) -> Verdict:
        """In one word; what is told from 0 and small is found."""
        return "found" if self.is_found else "equivalent" if self.is_equivalent(margins) else "undecided"


def headline_of(
    task: str, models: tuple[tuple[Record, ...], tuple[Record, ...]], declared: Declared
) -> HeadlineRow | None:
    """A task's headline, without Holm's p; None where no contrast is defined on these answers.

    Args:
        models: Reference and other: the records of the same documents in the same order, whichever.
        declared: By the study. Where its contrast is undefined, as log-odds are of old result files, the
            task's own are asked instead.
    """
    asked = questions(task, declared)
    for headline in asked:
        if changes := signed_changes(ALL_TASKS[task].measure, models, headline):
            return HeadlineRow(
                task=task,
                changes=tuple(changes),
                direction=headline.direction,
                instead_of="" if headline is asked[0] else asked[0].name,
            )
    return None


def questions(task: str, declared: Declared) -> tuple[Headline, ...]:
    """What is asked of a task first, and what instead where that is undefined."""
    return ALL_TASKS[task].questions(declared.get(task))


def headline_family(rows: Iterable[HeadlineRow], name: str) -> tuple[list[HeadlineRow], Family]:
    """The rows with Holm's p among each other."""
    listed = list(rows)
    p_values = [row.p for row in listed]
    adjusted = [replace(row, p_holm=float(p)) for row, p in zip(listed, holm(p_values), strict=True)]
    return adjusted, Family(f"headline: {name}", "Holm", tested(p_values))
