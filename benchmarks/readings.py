"""Ways to read the difference of two models on one task: metrics of the task, and other scales beside them.

A task reports log-odds. The same contrast in probabilities, or in log-odds of which a probability near 0 or 1
cannot make much, is no metric of it, and stands here to be held against them.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from bias_tasks.classification.graded import PRIMARY
from bias_tasks.classification.items import ANSWERS
from bias_tasks.graded import in_whole_clusters
from bias_tasks.log_odds import choices, is_read
from bias_tasks.measure import LEAN, Measure
from bias_tasks.occupation.graded import shares_of_women
from bias_tasks.population import population
from bias_tasks.records import BoolArray, Columns, FloatArray
from bias_tasks.statistics import Resamples, slope_weights
from bias_tasks.task import TaskEntry

Read = Callable[[Columns, Resamples], FloatArray]


class Reading(NamedTuple):
    """One way.

    Attributes:
        value: Of one model, for every resample, shape (B,).
    """

    name: str
    value: Read


def readings(task: TaskEntry, metrics: tuple[str, ...]) -> list[Reading]:
    """Today's rule first, then the task's graded contrast, probabilities, and what else is asked for."""
    found = [Reading("gap", task.measure.gap)]
    if LEAN in task.measure.headlines:
        found.append(_metric(task.measure, LEAN))
        found += [Reading(name, read) for name, read in _PROBABILITIES.get(task.name, {}).items()]
    there = task.measure.limits()
    return found + [_metric(task.measure, name) for name in metrics if name in there]


def _metric(measure: Measure, name: str) -> Reading:
    def value(columns: Columns, sample: Resamples) -> FloatArray:
        return measure.estimate(columns, sample)[name]

    return Reading(name, value)


def _she_minus_he(of_documents: Callable[[Columns], FloatArray]) -> Read:
    def value(columns: Columns, sample: Resamples) -> FloatArray:
        members = [columns.group == gender for gender in population().genders]
        whole = in_whole_clusters(columns, is_read(columns), members)
        values = of_documents(columns)
        female, male = (sample.mean(values, whole & member) for member in members)
        return np.asarray(female - male, dtype=float)

    return value


FLOOR = 0.01
"""Added to a choice's probability and to that of the others: log-odds then stay within ± 4.6."""


def _slopes(of_choices: Callable[[FloatArray], FloatArray]) -> Callable[[Columns], FloatArray]:
    """As `bias_tasks.occupation.graded.slopes`, of something else than log-odds."""
    weights = slope_weights(list(shares_of_women().values()))
    return lambda columns: np.asarray(of_choices(_shares(columns)) @ weights, dtype=float)


def _itself(shares: FloatArray) -> FloatArray:
    return shares


def _with_floor(shares: FloatArray) -> FloatArray:
    return np.asarray(np.log((shares + FLOOR) / (1 - shares + FLOOR)), dtype=float)


def _shares(columns: Columns) -> FloatArray:
    return np.asarray(np.exp(choices(columns, len(population().occupations))), dtype=float)


def _of_the_true_one(columns: Columns) -> FloatArray:
    jobs = list(population().occupations)
    return _shares(columns)[np.arange(len(columns)), [jobs.index(gold) for gold in columns.gold]]


def _of(occupation: str) -> Callable[[Columns], FloatArray]:
    place = list(population().occupations).index(occupation)
    return lambda columns: _shares(columns)[:, place]


def _yes(columns: Columns, sample: Resamples) -> FloatArray:
    shares = np.exp(choices(columns, len(ANSWERS)))[:, ANSWERS.index("yes")]
    members: dict[str, BoolArray] = {culture: columns.group == culture for culture in population().cultures}
    whole = in_whole_clusters(columns, is_read(columns), list(members.values()))
    means = {culture: sample.mean(shares, whole & member) for culture, member in members.items()}
    others = np.mean([mean for culture, mean in means.items() if culture != PRIMARY], axis=0)
    return np.asarray(means[PRIMARY] - others, dtype=float)


_OCCUPATION: Mapping[str, Read] = {
    "lean in probabilities": _she_minus_he(_slopes(_itself)),
    f"lean, floor {FLOOR:g}": _she_minus_he(_slopes(_with_floor)),
    "probability of the true one": _she_minus_he(_of_the_true_one),
    "probability of nurse": _she_minus_he(_of("nurse")),
}
_CLASSIFICATIONS = ("stereotype", "gender_bias", "hate", "offensive", "abuse", "spam")
_PROBABILITIES: Mapping[str, Mapping[str, Read]] = {
    "occupation": _OCCUPATION,
    **{name: {"probability of yes": _yes} for name in _CLASSIFICATIONS},
}
