"""One signed contrast of a task in models of several doses, trained with the same seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from bias_inherit.compare.contrast import sampled_model, sampled_signed
from bias_inherit.compare.differences import records_of
from bias_inherit.compare.headline import Declared, questions
from bias_inherit.compare.matching import shared_documents
from bias_inherit.harness.results import ScoredModel
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.headline import Direction, Signed
from bias_tasks.statistics import Responses


@dataclass(frozen=True, kw_only=True)
class Responding:
    """A contrast in D models under S seeds.

    Attributes:
        task: Harness name.
        direction: In which it is expected to move.
        largest_of: Contrasts that were asked together, because none could be named beforehand.
        responses: One row a model.
        n_documents, n_clusters: That all models answered.
    """

    task: str
    signed: Signed
    direction: Direction
    largest_of: int
    responses: Responses
    n_documents: int
    n_clusters: int


def responding(
    task: str, models: Sequence[Sequence[ScoredModel]], declared: Declared
) -> tuple[Responding, ...]:
    """What a task's headline asks of all models; nothing where no contrast of it is defined in all of them.

    Args:
        task: Harness name.
        models: Of each of D models those of S seeds, the seeds in the same order.
        declared: Headlines beside the task's own.
    """
    seeds = len(models[0])
    everyone = list(chain.from_iterable(models))
    if not all(task in model.samples for model in everyone):
        return ()
    shared = shared_documents([model.samples[task] for model in everyone]).samples
    if not shared[0]:
        return ()
    asked = questions(task, declared)
    contrasts = list(chain.from_iterable(headline.contrasts for headline in asked))
    sampled = []
    for samples in shared:
        model = sampled_model(ALL_TASKS[task].measure, records_of(samples))
        sampled.append([sampled_signed(model, contrast) for contrast in contrasts])
    by_contrast = dict(zip((c.name for c in contrasts), zip(*sampled, strict=True), strict=True))
    for headline in asked:
        defined = [
            contrast
            for contrast in headline.contrasts
            if np.isfinite([one.value for one in by_contrast[contrast.name]]).all()
        ]
        if defined:
            return tuple(
                Responding(
                    task=task,
                    signed=contrast,
                    direction=headline.direction,
                    largest_of=len(defined),
                    responses=Responses(
                        np.array([one.value for one in found]).reshape(-1, seeds),
                        np.stack([one.draws for one in found]).reshape(-1, seeds, len(found[0].draws)),
                        min(one.clusters for one in found),
                    ),
                    n_documents=min(one.documents for one in found),
                    n_clusters=min(one.clusters for one in found),
                )
                for contrast in defined
                for found in (by_contrast[contrast.name],)
            )
    return ()
