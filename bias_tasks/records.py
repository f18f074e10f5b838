"""What a task remembers of each scored document, and the columns that metrics read.

A `Record` is what `process_results` returns; the harness, `bias-inherit compare` and the tests all
compute metrics from the same records.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bias_tasks.answers.response import REFUSAL

IntArray = NDArray[np.intp]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


class Record(NamedTuple):
    """One scored document.

    Attributes:
        group: The group the document speaks about, or for a choice among people the group chosen.
        cluster: The unit that is sampled: documents that share a cluster are not independent.
        gold: The right answer, or None where there is none.
        outcome: The prediction or the measured value; None when the answer was unusable.
        stratum: A further slice, for example the occupation or the item's function.
        reason: Why the answer is unusable, for example `refusal`; None where it is usable.
        log_probabilities: Of every choice in the order that the task declares, renormalised over the choices;
            empty where one of them is infinite or not a number, None where there are none, as for a written
            answer.
    """

    group: str
    cluster: str
    gold: str | None
    outcome: str | float | tuple[float, ...] | None
    stratum: str = ""
    reason: str | None = None
    log_probabilities: tuple[float, ...] | None = None

    @classmethod
    def parse(cls, fields: Sequence[Any]) -> "Record":
        """A record from the list that JSON made of it.

        Until version 1 of the written tasks, the reason only told whether the answer was a refusal. Records
        had no log-probabilities until version 1.0 of the tasks that choose (2.0 on public sets).

        Raises:
            ValueError, TypeError: the list is no record.
        """
        group, cluster, gold, outcome, stratum, reason, *graded = fields
        value = tuple(outcome) if isinstance(outcome, list) else outcome
        if isinstance(reason, bool):
            reason = REFUSAL if reason else None
        (shares,) = graded or (None,)
        found = None if shares is None else tuple(map(float, shares))
        if not all(map(math.isfinite, found or ())):
            raise ValueError("a log-probability that is not finite")
        return cls(group, cluster, gold, value, stratum, reason, found)


@dataclass(frozen=True, eq=False)
class Columns:
    """Records as arrays of length n, in the order given; two are equal if they are the same object.

    Attributes:
        group: Group labels, object array.
        cluster: Cluster numbers 0..C-1 in order of first appearance.
        gold: Gold answers, object array.
        outcome: Outcomes, object array.
        stratum: Strata, object array.
        reason: Why an answer is unusable, object array; None where it is usable.
        log_probabilities: Of every choice, as in `Record`, object array.
        n_clusters: C.
    """

    group: NDArray[np.object_]
    cluster: IntArray
    gold: NDArray[np.object_]
    outcome: NDArray[np.object_]
    stratum: NDArray[np.object_]
    reason: NDArray[np.object_]
    log_probabilities: NDArray[np.object_]
    n_clusters: int

    @classmethod
    def of(cls, records: Iterable[Record]) -> "Columns":
        rows = list(records)
        numbers: dict[str, int] = {}
        cluster = [numbers.setdefault(row.cluster, len(numbers)) for row in rows]
        return cls(
            group=objects([row.group for row in rows]),
            cluster=np.array(cluster, dtype=np.intp),
            gold=objects([row.gold for row in rows]),
            outcome=objects([row.outcome for row in rows]),
            stratum=objects([row.stratum for row in rows]),
            reason=objects([row.reason for row in rows]),
            log_probabilities=objects([row.log_probabilities for row in rows]),
            n_clusters=len(numbers),
        )

    def __len__(self) -> int:
        return len(self.cluster)

    @cached_property
    def valid(self) -> BoolArray:
        """Which documents were answered usably."""
        return np.array([outcome is not None for outcome in self.outcome], dtype=bool)

    @cached_property
    def correct(self) -> BoolArray:
        """Which documents were answered rightly; an unusable answer is wrong."""
        return np.asarray(self.outcome == self.gold, dtype=bool) & self.valid

    def unusable_for(self, reason: str) -> BoolArray:
        """Which documents had an unusable answer for this reason."""
        return np.asarray(self.reason == reason, dtype=bool)

    def with_group(self, group: NDArray[np.object_]) -> "Columns":
        """The same documents under other group labels."""
        return replace(self, group=group)


def objects(values: Sequence[Any]) -> NDArray[np.object_]:
    """A column that holds each value as it is; np.array would make a matrix of tuples of equal length."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column
