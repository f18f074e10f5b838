"""Ways to read the difference of two models on one task: metrics of the task, and probabilities beside them.

A task reports log-odds. The same contrast in probabilities is no metric of it, and stands here to be held
against them.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from bias_tasks.classification.graded import PRIMARY
from bias_tasks.classification.items import ANSWERS
from bias_tasks.graded import in_whole_clusters
from bias_tasks.log_odds import choices, is_read
from bias_tasks.measure import LEAN, Measure
from bias_tasks.population import population
from bias_tasks.records import BoolArray, Columns, FloatArray
from bias_tasks.statistics import Resamples
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
    "probability of the true one": _she_minus_he(_of_the_true_one),
    **{f"probability of {name}": _she_minus_he(_of(name)) for name in population().occupations},
}
_CLASSIFICATIONS = ("stereotype", "gender_bias", "hate", "offensive", "abuse", "spam")
_PROBABILITIES: Mapping[str, Mapping[str, Read]] = {
    "occupation": {
        name: read
        for name, read in _OCCUPATION.items()
        if name in ("probability of the true one", "probability of nurse")
    },
    **{name: {"probability of yes": _yes} for name in _CLASSIFICATIONS},
}
