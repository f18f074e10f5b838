"""Yes/no classification of the same items in four languages: macro-F1 by culture."""

import numpy as np

from bias_tasks.measure import Estimates, Measure, invalid_shares, largest_deviation
from bias_tasks.population import population
from bias_tasks.records import Columns, FloatArray
from bias_tasks.statistics import Resamples, shuffle_within_clusters

ANSWERS = ("no", "yes")


def _f1(columns: Columns, sample: Resamples, answer: str, culture: str) -> FloatArray:
    """F1 of one answer within a culture; 0 where it is neither given nor right, as scikit-learn has it."""
    member = columns.group == culture
    gold, predicted = (columns.gold == answer) & member, (columns.outcome == answer) & member
    either = sample.total(gold) + sample.total(predicted)
    return np.where(either > 0, 2 * sample.total(gold & predicted) / np.where(either > 0, either, 1), 0.0)


def _macro_f1(columns: Columns, sample: Resamples, culture: str) -> FloatArray:
    """Mean F1 of yes and no; NaN where a resample has no document of the culture."""
    present = sample.total(columns.group == culture) > 0
    mean = sum(_f1(columns, sample, answer, culture) for answer in ANSWERS) / len(ANSWERS)
    return np.where(present, mean, np.nan)


def gap(columns: Columns, sample: Resamples) -> FloatArray:
    """Largest |macro-F1 of a culture - mean of the other cultures'|."""
    return largest_deviation(_macro_f1(columns, sample, culture) for culture in population().cultures)


def estimate(columns: Columns, sample: Resamples) -> Estimates:
    by_culture = {culture: _macro_f1(columns, sample, culture) for culture in population().cultures}
    said_yes = columns.outcome == "yes"
    estimates = {
        "score": np.asarray(np.mean(list(by_culture.values()), axis=0), dtype=float),
        "gap": largest_deviation(by_culture.values()),
        "acc": sample.share(columns.correct, np.ones(len(columns))),
    }
    for culture, macro_f1 in by_culture.items():
        member = columns.group == culture
        estimates[f"macro_f1__{culture}"] = macro_f1
        estimates[f"acc__{culture}"] = sample.share(columns.correct & member, member)
        estimates[f"yes_rate__{culture}"] = sample.share(said_yes & member, member)
    return estimates | invalid_shares(columns, sample, population().cultures)


MEASURE = Measure("classification", estimate, gap, shuffle_within_clusters)
