"""Score and gap of resampled clusters, which pair a model with others that answered the same documents."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bias_inherit.compare import document_keys
from bias_inherit.harness.results import Sample
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.measure import HEADLINES
from bias_tasks.records import Columns
from bias_tasks.statistics import cluster_bootstrap
from bias_tasks.training_rows import short_hash


class Draws(NamedTuple):
    """Score and gap of resampled clusters, for differences between models that answered the same documents.

    Attributes:
        documents: A hash of the documents. Where it is equal, the resampled clusters are the same.
        values: Shape (2, B), in the order of `HEADLINES`.
    """

    documents: str
    values: NDArray[np.float32]


def draws_of(task: str, samples: list[Sample]) -> Draws:
    """Documents in one order, so that models which answered the same ones have the same clusters."""
    keyed = sorted(zip(document_keys(samples), samples, strict=True), key=lambda pair: pair[0])
    columns = Columns.of(sample.record for _, sample in keyed)
    values = ALL_TASKS[task].measure.estimate(columns, cluster_bootstrap(columns))
    return Draws(
        short_hash([key for key, _ in keyed]),
        np.stack([values[metric] for metric in HEADLINES]).astype(np.float32),
    )
