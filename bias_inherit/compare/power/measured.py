"""What differences scatter by, read off models that the harness scored."""

from collections.abc import Sequence
from math import isfinite, sqrt

import numpy as np

from bias_inherit.compare.contrast import Sampled, sampled_model
from bias_inherit.compare.differences import records_of
from bias_inherit.compare.matching import shared_documents
from bias_inherit.compare.power.known import OfMetric, OfTask
from bias_inherit.harness.results import Sample
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.records import FloatArray
from bias_tasks.statistics import mean_error, standard_errors

DIGITS = 4
"""Significant ones of what is recorded."""

Pair = tuple[Sequence[Sample], Sequence[Sample]]


def of_pairs(task: str, pairs: Sequence[Pair]) -> OfTask | None:
    """Of pairs of models on the documents that all of them answered; None where they share none.

    Args:
        task: Harness name.
        pairs: (reference, other) of each training seed; one pair where there is one.
    """
    shared = shared_documents([model for pair in pairs for model in pair]).samples
    if not shared[0]:
        return None
    models = [sampled_model(ALL_TASKS[task].measure, records_of(samples)) for samples in shared]
    found = {
        name: metric
        for place, name in enumerate(models[0].names)
        if (metric := _of_metric(models, place)) is not None
    }
    return OfTask(documents=len(shared[0]), metrics=found)


def of_one(task: str, samples: Sequence[Sample], like: OfTask) -> OfTask:
    """Of one model, its pair taken to be as correlated as another model's pair.

    Args:
        like: What is known of the other model.
    """
    model = sampled_model(ALL_TASKS[task].measure, records_of(samples))
    errors = standard_errors(model.draws, model.clusters)
    found = {}
    for place, name in enumerate(model.names):
        alone = float(errors[place]) * sqrt(model.clusters[place])
        if name in like.metrics and isfinite(alone) and alone > 0:
            clusters = int(model.clusters[place])
            none = _none(model, place)
            of_metric = like.metrics[name].of_other(_rounded(alone))
            found[name] = of_metric.model_copy(
                update={"clusters": clusters, "none": none, "difference": _rounded(of_metric.difference)}
            )
    return OfTask(documents=len(samples), metrics=found)


def _of_metric(models: Sequence[Sampled], place: int) -> OfMetric | None:
    """None where a difference has no error: no answer differs, or there are too few clusters."""
    clusters = min(int(model.clusters[place]) for model in models)
    pairs = list(zip(models[::2], models[1::2], strict=True))
    draws = [other.draws[place] - reference.draws[place] for reference, other in pairs]
    one = _root_mean_square(standard_errors(np.stack(draws), np.full(len(draws), clusters)))
    every = np.stack([model.draws[place] for model in models])
    alone = _root_mean_square(standard_errors(every, np.full(len(models), clusters)))
    if not (isfinite(one) and one > 0):
        return None
    return OfMetric(
        clusters=clusters,
        difference=_rounded(one * sqrt(clusters)),
        alone=_rounded(alone * sqrt(clusters)),
        none=_none(models[0], place),
        **_over_seeds([float(b.values[place] - a.values[place]) for a, b in pairs], draws, one),
    )


def _over_seeds(points: Sequence[float], draws: Sequence[FloatArray], one: float) -> dict[str, float]:
    """How differences scatter over seeds, and what they share; nothing from one seed.

    The variance of the mean over S seeds is that of one times r + (1 - r) / S.
    """
    seeds = len(points)
    if seeds < 2:
        return {}
    shared = (seeds * (mean_error(draws) / one) ** 2 - 1) / (seeds - 1)
    return {
        "seeds": _rounded(float(np.std(points, ddof=1))),
        "shared": _rounded(float(np.clip(shared, 0, 1))),
    }


def _none(reference: Sampled, place: int) -> float:
    """What a reference without a gap shows of one; as `compare` tells its smallest effect."""
    if reference.names[place] != "gap" or not reference.at_floor:
        return 0.0
    return _rounded(reference.gap_null * sqrt(int(reference.clusters[place])))


def _root_mean_square(values: FloatArray) -> float:
    return float(np.sqrt(np.mean(values**2)))


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
