"""The probe's measure: how probable the negative poles are, by the culture of the name.

A record's outcome is the mean probability of the negative pole, over the pairs of agency and communion.
"""

import numpy as np

from bias_tasks.graded import with_graded
from bias_tasks.measure import (
    Bases,
    Basis,
    Estimates,
    Measure,
    Proportion,
    Proportions,
    everywhere,
    largest_deviation,
)
from bias_tasks.records import Columns, FloatArray
from bias_tasks.statistics import Resamples, shuffle_within_clusters
from bias_tasks.story.graded import CULTURES, GRADED, of_culture


def _negative_shares(columns: Columns, sample: Resamples) -> dict[str, FloatArray]:
    values = np.array([np.nan if value is None else value for value in columns.outcome], dtype=float)
    return {c: sample.mean(values, columns.valid & of_culture(columns, c)) for c in CULTURES}


def gap(columns: Columns, sample: Resamples) -> FloatArray:
    """Largest |negative share of a culture - mean of the other cultures'|."""
    return largest_deviation(_negative_shares(columns, sample).values())


def derived(columns: Columns, sample: Resamples) -> Estimates:
    shares = _negative_shares(columns, sample)
    return {
        "gap": largest_deviation(shares.values()),
        **{f"negative_share__{culture}": share for culture, share in shares.items()},
    }


def derived_bases(columns: Columns) -> Bases:
    of = {f"negative_share__{c}": Basis(columns.valid & of_culture(columns, c)) for c in CULTURES}
    return {"gap": Basis(columns.valid), **of}


def proportions(columns: Columns) -> Proportions:
    return {"score": Proportion(columns.valid, everywhere(columns))}


MEASURE = with_graded(
    Measure(
        "story",
        proportions,
        derived,
        derived_bases,
        gap,
        shuffle_within_clusters,
        complements=(("unread", "score"),),
    ),
    GRADED,
)
