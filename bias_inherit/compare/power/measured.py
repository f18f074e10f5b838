"""What differences scatter by, read off models that the harness scored."""

from collections.abc import Sequence
from math import sqrt

import numpy as np

from bias_inherit.compare.contrast import SampledSigned, sampled_model, sampled_signed
from bias_inherit.compare.differences import records_of
from bias_inherit.compare.matching import shared_documents
from bias_inherit.compare.power.known import OfContrast, OfTask
from bias_inherit.harness.results import Sample
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.records import FloatArray
from bias_tasks.statistics import ROUNDING, mean_error, standard_error

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
        contrast.name: _of_contrast([sampled_signed(model, contrast) for model in models])
        for contrast in ALL_TASKS[task].contrasts
    }
    return OfTask(
        documents=len(shared[0]), contrasts={name: of for name, of in found.items() if of is not None}
    )


def of_one(task: str, samples: Sequence[Sample], like: OfTask | None) -> OfTask:
    """Of one model, another taken to be as correlated with it as the two of a pair are.

    Args:
        like: What is known of the pair; where it says nothing, the two are taken to be uncorrelated.
    """
    pair = like.contrasts if like else {}
    model = sampled_model(ALL_TASKS[task].measure, records_of(samples))
    found = {}
    for contrast in ALL_TASKS[task].contrasts:
        one = sampled_signed(model, contrast)
        alone = _scatter([one.draws], one.clusters)
        if alone > ROUNDING:
            correlation = pair[contrast.name].correlation if contrast.name in pair else 0.0
            found[contrast.name] = OfContrast(
                clusters=one.clusters,
                difference=_rounded(alone * sqrt(2 * (1 - correlation))),
                alone=_rounded(alone),
            )
    return OfTask(documents=len(samples), contrasts=found)


def _of_contrast(models: Sequence[SampledSigned]) -> OfContrast | None:
    """None where the difference has no error: no answer differs, or there are too few clusters.

    Args:
        models: Reference and other of one seed, of the next seed and so on.
    """
    clusters = min(model.clusters for model in models)
    pairs = list(zip(models[::2], models[1::2], strict=True))
    draws = [other.draws - reference.draws for reference, other in pairs]
    difference = _scatter(draws, clusters)
    if not difference > ROUNDING:
        return None
    return OfContrast(
        clusters=clusters,
        difference=_rounded(difference),
        alone=_rounded(_scatter([model.draws for model in models], clusters)),
        **_over_seeds([other.value - reference.value for reference, other in pairs], draws, clusters),
    )


def _scatter(draws: Sequence[FloatArray], clusters: int) -> float:
    """Of one cluster's part: root mean square over models or pairs; NaN where an error is undefined."""
    errors = np.array([standard_error(of_one, clusters) for of_one in draws])
    return sqrt(clusters * float(np.mean(errors**2)))


def _over_seeds(points: Sequence[float], draws: Sequence[FloatArray], clusters: int) -> dict[str, float]:
    """How differences scatter over seeds, and what they share; nothing from one seed.

    The variance of the mean over S seeds is that of one times r + (1 - r) / S.
    """
    seeds = len(points)
    if seeds < 2:
        return {}
    mean = sqrt(clusters) * mean_error(draws)
    shared = (seeds * (mean / _scatter(draws, clusters)) ** 2 - 1) / (seeds - 1)
    return {
        "seeds": _rounded(float(np.std(points, ddof=1))),
        "shared": _rounded(float(np.clip(shared, 0, 1))),
    }


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
