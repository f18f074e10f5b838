"""A task's graded contrasts: what the log-likelihoods of all choices say beyond the likeliest one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from bias_tasks.log_odds import is_recorded, is_unread, log_odds, probabilities
from bias_tasks.measure import LEAN, LEAN_SHARE, Bases, Estimates, Measure, Proportion, Proportions
from bias_tasks.records import BoolArray, Columns, FloatArray
from bias_tasks.statistics import SIGNED, UNLIMITED, Limits, Resamples


class Scale(NamedTuple):
    """On what choices are read.

    Attributes:
        of: What is contrasted: of log-probabilities, shape (n, K), the value of each choice, shape (n, K).
        limits: Of the difference of two values.
    """

    of: Callable[[FloatArray], FloatArray]
    limits: Limits


SCALES: Mapping[str, Scale] = {LEAN: Scale(log_odds, UNLIMITED), LEAN_SHARE: Scale(probabilities, SIGNED)}
"""By the metric that is a contrast on it."""


class Graded(NamedTuple):
    """Graded metrics of a task.

    Attributes:
        estimates: `lean` and `lean_share`, where there are any, and slices, for every resample at once.
        bases: What each of them is of.
        lean_p: Two-sided p that groups do not matter to `lean`, by exchanging them; None without `lean`.
        complements: As in `Measure`.
    """

    estimates: Callable[[Columns, Resamples], Estimates]
    bases: Callable[[Columns], Bases]
    lean_p: Callable[[Columns], float] | None
    complements: tuple[tuple[str, str], ...] = ()


def with_graded(measure: Measure, graded: Graded) -> Measure:
    """The same measure where log-likelihoods of all choices are at hand.

    `unread` is the share of documents in which one of them is infinite or not a number. Such documents, and
    those that they are set against, are left out of graded metrics. Where none was recorded, as in old result
    files, graded metrics are NaN.
    """

    def proportions(columns: Columns) -> Proportions:
        unread = Proportion(is_unread(columns), is_recorded(columns))
        return {**measure.proportions(columns), "unread": unread}

    def derived(columns: Columns, sample: Resamples) -> Estimates:
        return {**measure.derived(columns, sample), **graded.estimates(columns, sample)}

    def derived_bases(columns: Columns) -> Bases:
        return {**measure.derived_bases(columns), **graded.bases(columns)}

    return replace(
        measure,
        proportions=proportions,
        derived=derived,
        derived_bases=derived_bases,
        lean_p=graded.lean_p,
        complements=(*measure.complements, *graded.complements),
    )


def in_whole_clusters(columns: Columns, read: BoolArray, versions: Sequence[BoolArray]) -> BoolArray:
    """Which documents are in clusters of which each version was read once, shape (n,).

    A contrast within clusters is of the same content only if no version is missing.

    Args:
        read: Documents that can be used.
        versions: What a whole cluster has one document of each.
    """
    counts = [np.bincount(columns.cluster[read & v], minlength=columns.n_clusters) for v in versions]
    whole = np.all(np.stack(counts) == 1, axis=0)
    return np.asarray(whole[columns.cluster] & read, dtype=bool)


def sums_by_cluster(columns: Columns, values: FloatArray, among: BoolArray) -> FloatArray:
    """Sum of the chosen documents' values in each cluster that has one, shape (clusters that have one,)."""
    sums = np.bincount(columns.cluster[among], values[among], minlength=columns.n_clusters)
    return np.asarray(sums[np.unique(columns.cluster[among])], dtype=float)
