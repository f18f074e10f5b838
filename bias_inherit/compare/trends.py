"""Dose-response: how each metric moves with γ over models that were scored on the same documents."""

from collections.abc import Sequence

from bias_inherit.compare.contrast import contrast
from bias_inherit.compare.differences import records_of
from bias_inherit.compare.matching import shared_documents
from bias_inherit.compare.rows import Slope
from bias_inherit.harness.results import ScoredModel
from bias_inherit.kit.errors import UsageError
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.statistics import slope_weights


def dose_response(models: Sequence[tuple[float, ScoredModel]]) -> list[Slope]:
    """The slope of every metric of every task that all models were scored on, without q.

    Args:
        models: Dose (for example γ) and model. Of one seed: the error is that of documents.

    Raises:
        UsageError: all doses are alike.
    """
    doses = tuple(dose for dose, _ in models)
    if len(set(doses)) < 2:
        raise UsageError(f"a slope needs two different doses; there are {', '.join(map(str, doses))}")
    weights = slope_weights(doses)
    slopes = []
    for task in models[0][1].samples:
        if not all(task in model.samples for _, model in models):
            continue
        shared = shared_documents([model.samples[task] for _, model in models]).samples
        if not shared[0]:
            continue
        found = contrast(ALL_TASKS[task].measure, [records_of(samples) for samples in shared], weights)
        slopes += [
            Slope(task=task, metric=metric, contrast=result, doses=doses) for metric, result in found.items()
        ]
    return slopes
