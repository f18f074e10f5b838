"""Scoring in blocks of whole clusters, with a decision behind each whether a task needs another one.

The plan is whole from the start: every block of every model, and a decision behind each round of them. What
lies behind the end of a task reads nothing.
"""

from collections.abc import Mapping, Sequence

from bias_inherit.engine.experiment_file.score import ScoreSection
from bias_inherit.engine.planning.plan import Model
from bias_inherit.engine.planning.references import questioned, reference_of
from bias_inherit.engine.stages import BLOCK, DECIDE, GATHER
from bias_inherit.engine.step import Step

ORDER = 0
"""Seed of the order in which clusters come; the same for all studies, so that they share blocks."""


def in_blocks(
    models: Sequence[Model], score: ScoreSection, headlines: Mapping[str, str]
) -> tuple[Model, ...]:
    """The models, each scored block by block; as they are where nothing says when to stop.

    Args:
        headlines: What the study declares; of other tasks their own is decided on.
    """
    if score.until is None:
        return tuple(models)
    asked = {
        "width": score.until,
        "headlines": dict(headlines),
        "pairs": [
            [models.index(model), models.index(reference)]
            for model in questioned(models)
            if (reference := reference_of(model, models))
        ],
    }
    rounds: list[list[Step]] = []
    decisions: list[Step] = []
    for number in range(1, score.blocks + 1):
        rounds.append([_block(model, number, score.blocks, decisions[-1:]) for model in models])
        label = f"after block {number} of {score.blocks}"
        decisions.append(Step(DECIDE.name, label, asked, (*rounds[-1], *decisions[-1:])))
    return tuple(
        model._replace(score=Step(GATHER.name, model.label, {}, (*blocks, decisions[-1])))
        for model, blocks in zip(models, zip(*rounds, strict=True), strict=True)
    )


def _block(model: Model, number: int, of: int, decided: Sequence[Step]) -> Step:
    return Step(
        BLOCK.name,
        f"{model.label}, block {number} of {of}",
        {**model.score.inputs, "block": number, "of": of, "order": ORDER},
        (*model.score.parents, *decided),
    )
