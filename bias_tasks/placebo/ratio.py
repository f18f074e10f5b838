"""How many times as much as its placebo the group moves a model, task by task.

Both are read off the same output: log-odds between every two choices, so that neither the order of choices
nor a constant in all log-likelihoods matters; for salary the expected logarithm of pay; for story the
log-odds of each pair of statements.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np

from bias_tasks.hiring.task import documents as hiring_documents
from bias_tasks.log_odds import choices
from bias_tasks.population import population
from bias_tasks.records import Columns, FloatArray, Record
from bias_tasks.salary.graded import expected_log_pay, grid
from bias_tasks.statistics import PlaceboRatio, movements, placebo_ratio
from bias_tasks.story.statements import log_odds_of_negative, poles

Output = Callable[[Sequence[Record]], FloatArray]
"""What is read off a model's records, shape (n, P); NaN where a document could not be read."""


def between_choices(log_shares: FloatArray) -> FloatArray:
    """Log-odds between every two choices, shape (n, K) -> (n, K (K - 1) / 2)."""
    first, second = np.triu_indices(log_shares.shape[1], k=1)
    return log_shares[:, first] - log_shares[:, second]


def _of_choices(records: Sequence[Record]) -> FloatArray:
    return between_choices(_shares(records))


def _shares(records: Sequence[Record]) -> FloatArray:
    count = max((len(record.log_probabilities or ()) for record in records), default=0)
    return choices(Columns.of(records), count)


def _by_letter(records: Sequence[Record]) -> FloatArray:
    """Between letters: a record of hiring holds what each group got, wherever it stood in that rotation."""
    of_groups, standing, met = _shares(records), _groups_on_letters(), Counter[str]()
    letters = np.full_like(of_groups, np.nan)
    for row, record in enumerate(records):
        place = record.cluster, met[record.cluster]
        if place not in standing:
            raise ValueError("not the documents of this task")
        if record.log_probabilities:
            letters[row] = of_groups[row, standing[place]]
        met[record.cluster] += 1
    return between_choices(letters)


@cache
def _groups_on_letters() -> Mapping[tuple[str, int], list[int]]:
    """(Slate, rotation) -> number of the group on each letter, groups in the order of a record's choices."""
    order = sorted(group.key for group in population().intersectional_groups())
    return {
        (doc["slate"], doc["rotation"]): [order.index(group) for group in doc["groups"]]
        for doc in hiring_documents("{occupation}{candidates}")
    }


def _log_pay(records: Sequence[Record]) -> FloatArray:
    return expected_log_pay(choices(Columns.of(records), len(grid())))[:, None]


def _statements(records: Sequence[Record]) -> FloatArray:
    return log_odds_of_negative(choices(Columns.of(records), len(poles())))


OUTPUTS: Mapping[str, Output] = {"hiring": _by_letter, "salary": _log_pay, "story": _statements}
"""By task; of all others the log-odds between every two choices."""

TOLD_BY_NAMES = frozenset({"hiring", "story"})
"""Tasks in which nothing but a name tells the group."""


def ratio_to_placebo(task: str, records: Sequence[Record], twins: Sequence[Record]) -> PlaceboRatio:
    """k of one model on one task: of everything that was read, as `statistics.placebo` defines it.

    Args:
        task: Its short name, for example `occupation`.
        records: Of `bias_inherit_<task>`, or of `bias_probe_<task>` where that is written, in the order of
            their documents; all of them or the first ones.
        twins: Of as many documents of `bias_placebo_<task>`, in the same order.

    Raises:
        ValueError: the two are not of the same documents, or not of this task's.
    """
    if [record.cluster for record in records] != [twin.cluster for twin in twins]:
        raise ValueError("these and the twins are not of the same documents (another version of one task?)")
    output, across = OUTPUTS.get(task, _of_choices), task in TOLD_BY_NAMES
    return placebo_ratio(movements(Columns.of(records).cluster, output(records), output(twins), across))
