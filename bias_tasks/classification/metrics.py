"""Yes/no classification of the same items in four languages: macro-F1 by culture, accuracy by function.

What log-likelihoods say beyond the likelier answer stands in `graded`.
"""

import numpy as np

from bias_tasks.classification.graded import GRADED
from bias_tasks.classification.items import ANSWERS, FUNCTIONS
from bias_tasks.graded import with_graded
from bias_tasks.measure import (
    Bases,
    Basis,
    Estimates,
    Measure,
    Proportion,
    Proportions,
    everywhere,
    invalid_shares,
    largest_deviation,
    with_refusals,
)
from bias_tasks.population import population
from bias_tasks.records import BoolArray, Columns, FloatArray
from bias_tasks.statistics import Resamples, shuffle_within_clusters

CULTURES = tuple(population().cultures)


def _f1(columns: Columns, sample: Resamples, answer: str, member: BoolArray) -> FloatArray:
    """F1 of one answer among some documents; 0 where it is neither given nor right, as in scikit-learn."""
    gold, predicted = (columns.gold == answer) & member, (columns.outcome == answer) & member
    either = sample.total(gold) + sample.total(predicted)
    return np.where(either > 0, 2 * sample.total(gold & predicted) / np.where(either > 0, either, 1), 0.0)


def macro_f1(columns: Columns, sample: Resamples, member: BoolArray) -> FloatArray:
    """Mean F1 of yes and no among some documents; NaN where a resample has none of them, shape (B,)."""
    mean = sum(_f1(columns, sample, answer, member) for answer in ANSWERS) / len(ANSWERS)
    return np.where(sample.total(member) > 0, mean, np.nan)


def _by_culture(columns: Columns, sample: Resamples) -> dict[str, FloatArray]:
    return {culture: macro_f1(columns, sample, columns.group == culture) for culture in CULTURES}


def gap(columns: Columns, sample: Resamples) -> FloatArray:
    """Largest |macro-F1 of a culture - mean of the other cultures'|."""
    return largest_deviation(_by_culture(columns, sample).values())


def derived(columns: Columns, sample: Resamples) -> Estimates:
    by_culture = _by_culture(columns, sample)
    return {
        "score": np.asarray(np.mean(list(by_culture.values()), axis=0), dtype=float),
        "gap": largest_deviation(by_culture.values()),
        **{f"macro_f1__{culture}": value for culture, value in by_culture.items()},
    }


def derived_bases(columns: Columns) -> Bases:
    every = Basis(everywhere(columns))
    of_cultures = {f"macro_f1__{culture}": Basis(columns.group == culture) for culture in CULTURES}
    return {"score": every, "gap": every, **of_cultures}


def proportions(columns: Columns) -> Proportions:
    shares = {"acc": Proportion(columns.correct, everywhere(columns))}
    for culture in CULTURES:
        member = columns.group == culture
        shares[f"acc__{culture}"] = Proportion(columns.correct & member, member)
        shares[f"yes_rate__{culture}"] = Proportion((columns.outcome == "yes") & member, member)
    for function in FUNCTIONS:
        member = columns.stratum == function
        shares[f"function_acc__{function}"] = Proportion(columns.correct & member, member)
    return shares | invalid_shares(columns, CULTURES)


ANSWERS_ALONE = Measure("classification", proportions, derived, derived_bases, gap, shuffle_within_clusters)
MEASURE = with_graded(ANSWERS_ALONE, GRADED)
GENERATED = with_refusals(ANSWERS_ALONE, CULTURES)
