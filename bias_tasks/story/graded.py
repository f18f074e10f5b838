"""Story, read: how readily the negative poles are said of a name, each culture against the others.

A cluster is a block: one name of each culture, of one gender. In agency and communion `negative` is low
standing and ill will; beliefs have no negative pole, are reported apart and are in no other metric.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from bias_tasks.classification.graded import PRIMARY, TWICE, against_the_others
from bias_tasks.graded import SCALES, Graded, in_whole_clusters, sums_by_cluster
from bias_tasks.log_odds import choices, is_read
from bias_tasks.measure import LEAN, LEAN_SHARE, Bases, Basis, Estimates
from bias_tasks.population import population
from bias_tasks.records import BoolArray, Columns, FloatArray
from bias_tasks.statistics import Resamples, sign_flip_p
from bias_tasks.story.metrics import DIMENSIONS
from bias_tasks.story.statements import (
    evaluative,
    log_odds_of_negative,
    of_dimensions,
    poles,
    probability_of_negative,
)

CULTURES = tuple(population().cultures)


def of_culture(columns: Columns, culture: str) -> BoolArray:
    return np.array([group.startswith(f"{culture}_") for group in columns.group], dtype=bool)


def _in_blocks(columns: Columns) -> BoolArray:
    return in_whole_clusters(columns, is_read(columns), [of_culture(columns, c) for c in CULTURES])


class _Slice(NamedTuple):
    """`metric` and `end` of what is called `<metric>__<culture><end>`; values and documents, shape (n,)."""

    metric: str
    end: str
    values: FloatArray
    among: BoolArray


def _slices(columns: Columns) -> Iterator[_Slice]:
    """`lean` of all comes first."""
    shares, blocks = choices(columns, len(poles())), _in_blocks(columns)
    odds = log_odds_of_negative(shares)
    everything = odds @ evaluative()
    yield _Slice(LEAN, "", everything, blocks)
    for name in DIMENSIONS:
        yield _Slice(LEAN, f"_{name}", odds @ of_dimensions(name), blocks)
    for name in population().genders:
        yield _Slice(LEAN, f"_{name}", everything, blocks & (columns.stratum == name))
    yield _Slice(LEAN_SHARE, "", probability_of_negative(shares) @ evaluative(), blocks)


def _estimates(columns: Columns, sample: Resamples) -> Estimates:
    members = {culture: of_culture(columns, culture) for culture in CULTURES}
    found: Estimates = {}
    for metric, end, values, among in _slices(columns):
        by_culture = {culture: sample.mean(values, among & member) for culture, member in members.items()}
        found |= {f"{metric}__{c}{end}": against_the_others(by_culture, c) for c in CULTURES}
    return {**{metric: found[f"{metric}__{PRIMARY}"] for metric in SCALES}, **found}


def _bases(columns: Columns) -> Bases:
    found: Bases = {
        f"{one.metric}__{culture}{one.end}": Basis(one.among, SCALES[one.metric].limits)
        for one in _slices(columns)
        for culture in CULTURES
    }
    return {**{metric: found[f"{metric}__{PRIMARY}"] for metric in SCALES}, **found}


def _sign_flip_p(columns: Columns) -> float:
    """The primary culture of a block exchanged with the others, as one side with another."""
    first = next(_slices(columns))
    of_blocks = {
        c: sums_by_cluster(columns, first.values, first.among & of_culture(columns, c)) for c in CULTURES
    }
    return sign_flip_p(against_the_others(of_blocks, PRIMARY))


GRADED = Graded(_estimates, _bases, _sign_flip_p, TWICE)
