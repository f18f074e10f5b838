"""Signed contrasts of groups in two models: how each moved, alone or as the largest of several."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from bias_inherit.compare.contrast.p_values import exchanged, exchanged_further
from bias_inherit.compare.contrast.sampled import DIFFERENCE, Sampled, sampled_model
from bias_tasks.headline import Direction, Headline, Signed
from bias_tasks.measure import Measure
from bias_tasks.records import FloatArray, IntArray, Record
from bias_tasks.statistics import (
    EQUIVALENCE_LEVEL,
    Interval,
    MaxT,
    max_t,
    minimum_detectable_effect,
    percentile_bounds,
    simultaneous_bounds,
    simultaneous_level,
    standard_errors,
)


class SignedChange(NamedTuple):
    """One signed contrast of one model minus that of the reference.

    Attributes:
        reference, other: The contrast in each of the two.
        interval: 95 %; together with those of the other contrasts that were asked.
        equivalence_interval: The one that two one-sided tests at 5 % go by, of this contrast alone.
        p: Adjusted for the other contrasts that were asked; one-sided where a direction was declared.
        mde: The true change that would be found in 80 of 100 cases.
    """

    signed: Signed
    reference: float
    other: float
    delta: float
    stderr: float
    interval: Interval
    equivalence_interval: Interval
    p: float
    mde: float
    n_documents: int
    n_clusters: int


def signed_changes(
    measure: Measure, models: tuple[tuple[Record, ...], tuple[Record, ...]], headline: Headline
) -> list[SignedChange]:
    """How the headline's contrasts moved; those that are undefined are left out.

    The smallest p comes first, and of those that are as small the largest change.

    Args:
        measure: The task's.
        models: Reference and other: the records of the same documents in the same order, whichever.
    """
    first, second = (sampled_model(measure, records) for records in models)
    defined = [c for c in headline.contrasts if np.isfinite(_values(first, c) + _values(second, c))]
    if not defined:
        return []
    values = np.array([[_values(model, c) for c in defined] for model in (first, second)])
    deltas = values[1] - values[0]
    draws = np.stack([_draws(second, c) - _draws(first, c) for c in defined])
    documents, clusters = np.array([_basis(first, second, contrast) for contrast in defined]).T
    tests = _tests(measure, models, defined, deltas, headline.direction)
    errors = standard_errors(draws, clusters)
    bands = simultaneous_bounds(draws, clusters)
    single = percentile_bounds(draws, clusters, EQUIVALENCE_LEVEL)
    significance = 1 - simultaneous_level(draws)
    found = [
        SignedChange(
            contrast,
            float(values[0, place]),
            float(values[1, place]),
            float(deltas[place]),
            float(errors[place]),
            bands.at(place),
            single.at(place),
            float(tests.p[place]),
            minimum_detectable_effect(float(errors[place]), int(clusters[place]), significance=significance),
            int(documents[place]),
            int(clusters[place]),
        )
        for place, contrast in enumerate(defined)
    ]
    # Where one culture moves and the others do not, theirs against it are as sure, and a third as large.
    return sorted(found, key=lambda change: (np.isnan(change.p), change.p, -abs(change.delta)))


def _values(model: Sampled, contrast: Signed) -> float:
    return float(_combined(dict(zip(model.names, model.values, strict=True)), contrast))


def _draws(model: Sampled, contrast: Signed) -> FloatArray:
    return _combined(dict(zip(model.names, model.draws, strict=True)), contrast)


def _combined(by_metric: Mapping[str, FloatArray], contrast: Signed) -> FloatArray:
    parts = [weight * by_metric[metric] for metric, weight in contrast.weights.items()]
    return np.asarray(np.sum(parts, axis=0), dtype=float)


def _basis(first: Sampled, second: Sampled, contrast: Signed) -> tuple[int, int]:
    """Documents and clusters of the metric that has the fewest, in the model that has the fewest."""
    places = [first.names.index(metric) for metric in contrast.weights]

    def fewest(of: Sequence[IntArray]) -> int:
        return int(np.min([counts[places] for counts in of]))

    return fewest([first.documents, second.documents]), fewest([first.clusters, second.clusters])


def _tests(
    measure: Measure,
    models: tuple[tuple[Record, ...], tuple[Record, ...]],
    contrasts: Sequence[Signed],
    deltas: FloatArray,
    direction: Direction,
) -> MaxT:
    """The largest |t| with the models exchanged, further where the first exchanges hardly reach it."""

    def null(sums: Mapping[str, FloatArray]) -> FloatArray:
        stacked = np.stack([_combined(sums, contrast) for contrast in contrasts])
        return stacked[:, np.isfinite(stacked).all(axis=0)]

    drawn = null(exchanged(measure, models, DIFFERENCE))
    found = max_t(deltas, drawn, direction)
    if found.is_hardly_reached:
        drawn = np.hstack([drawn, null(exchanged_further(measure, models, DIFFERENCE))])
        found = max_t(deltas, drawn, direction)
    return found
