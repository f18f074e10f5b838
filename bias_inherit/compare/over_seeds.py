"""The same comparison under several training seeds."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bias_inherit.compare.contrast import delta_draws
from bias_inherit.compare.differences import records_of
from bias_inherit.compare.matching import shared_documents
from bias_inherit.harness.results import ScoredModel
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.statistics import OverSeeds, mean_error, over_seeds


class SeededDifference(NamedTuple):
    """A difference of one metric, of each seed and over seeds."""

    task: str
    metric: str
    n_clusters: int
    over_seeds: OverSeeds


def compare_over_seeds(pairs: Sequence[tuple[ScoredModel, ScoredModel]]) -> list[SeededDifference]:
    """Every metric's difference over seeds, on the documents that all models answered.

    Args:
        pairs: Of each seed (reference, other), both trained with it.
    """
    found = []
    for task in pairs[0][0].samples:
        if not all(task in model.samples for pair in pairs for model in pair):
            continue
        shared = shared_documents([model.samples[task] for pair in pairs for model in pair]).samples
        if not shared[0]:
            continue
        records = [records_of(samples) for samples in shared]
        seeds = [
            delta_draws(ALL_TASKS[task].measure, reference, other)
            for reference, other in zip(records[::2], records[1::2], strict=True)
        ]
        clusters = np.min([seed.clusters for seed in seeds], axis=0)
        for place, metric in enumerate(seeds[0].names):
            error = mean_error([seed.draws[place] for seed in seeds])
            points = [float(seed.deltas[place]) for seed in seeds]
            of_metric, limits = int(clusters[place]), seeds[0].limits[place]
            result = over_seeds(points, error, of_metric, limits=limits)
            found.append(SeededDifference(task, metric, of_metric, result))
    return found
