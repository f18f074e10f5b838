"""Signed contrasts of groups in two models: how each moved, alone or as the largest of several."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from bias_inherit.compare.contrast.p_values import exchanged, exchanged_further
from bias_inherit.compare.contrast.sampled import DIFFERENCE, Sampled, sampled_model
from bias_tasks.headline import Direction, Headline, Signed
from bias_tasks.measure import Measure
from bias_tasks.records import FloatArray, Record
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


class SampledSigned(NamedTuple):
    """One signed contrast of one model.

    Attributes:
        draws: What resampled clusters make of it, shape (B,); the same clusters for any two models.
        documents, clusters: Of the metric that has the fewest.
    """

    value: float
    draws: FloatArray
    documents: int
    clusters: int


def sampled_signed(model: Sampled, contrast: Signed) -> SampledSigned:
    """The contrast, as a weighted sum of what the model's metrics are; NaN where one of them is undefined."""
    places = [model.names.index(metric) for metric in contrast.weights]
    return SampledSigned(
        contrast.of(dict(zip(model.names, model.values.tolist(), strict=True))),
        contrast.of(dict(zip(model.names, model.draws, strict=True))),
        int(model.documents[places].min()),
        int(model.clusters[places].min()),
    )


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
    asked = [(c, sampled_signed(first, c), sampled_signed(second, c)) for c in headline.contrasts]
    pairs = [pair for pair in asked if np.isfinite(pair[1].value + pair[2].value)]
    if not pairs:
        return []
    defined = [contrast for contrast, _, _ in pairs]
    deltas = np.array([other.value - reference.value for _, reference, other in pairs])
    draws = np.stack([other.draws - reference.draws for _, reference, other in pairs])
    documents = [min(reference.documents, other.documents) for _, reference, other in pairs]
    clusters = [min(reference.clusters, other.clusters) for _, reference, other in pairs]
    tests = _tests(measure, models, defined, deltas, headline.direction)
    errors = standard_errors(draws, clusters)
    bands = simultaneous_bounds(draws, clusters)
    single = percentile_bounds(draws, clusters, EQUIVALENCE_LEVEL)
    significance = 1 - simultaneous_level(draws)
    found = [
        SignedChange(
            contrast,
            reference.value,
            other.value,
            float(deltas[place]),
            float(errors[place]),
            bands.at(place),
            single.at(place),
            float(tests.p[place]),
            minimum_detectable_effect(float(errors[place]), clusters[place], significance=significance),
            documents[place],
            clusters[place],
        )
        for place, (contrast, reference, other) in enumerate(pairs)
    ]
    # Where one culture moves and the others do not, theirs against it are as sure, and a third as large.
    return sorted(found, key=lambda change: (np.isnan(change.p), change.p, -abs(change.delta)))


def _tests(
    measure: Measure,
    models: tuple[tuple[Record, ...], tuple[Record, ...]],
    contrasts: Sequence[Signed],
    deltas: FloatArray,
    direction: Direction,
) -> MaxT:
    """The largest |t| with the models exchanged, further where the first exchanges hardly reach it."""

    def null(sums: Mapping[str, FloatArray]) -> FloatArray:
        stacked = np.stack([contrast.of(sums) for contrast in contrasts])
        return stacked[:, np.isfinite(stacked).all(axis=0)]

    drawn = null(exchanged(measure, models, DIFFERENCE))
    found = max_t(deltas, drawn, direction)
    if found.is_hardly_reached:
        drawn = np.hstack([drawn, null(exchanged_further(measure, models, DIFFERENCE))])
        found = max_t(deltas, drawn, direction)
    return found
