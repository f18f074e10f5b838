"""The step that scores a model, whether it was trained here or elsewhere."""

from collections.abc import Mapping

import bias_tasks
from bias_inherit.engine.experiment_file.score import ScoreSection
from bias_inherit.engine.planning.keys import package_hash
from bias_inherit.engine.stages import SCORE
from bias_inherit.engine.step import Step


def scoring(
    label: str,
    base: Mapping[str, str],
    score: ScoreSection,
    *adapters: Step,
    tokenizer: str | None = None,
    sentence: str | None = None,
) -> Step:
    """The step that scores a base.

    Args:
        base: What identifies it.
        adapters: The step that leaves the adapter on it, if it has one.
        tokenizer: Fingerprint of one that is neither the base's nor the adapter's.
        sentence: In front of everything that the model is asked.
    """
    return Step(
        SCORE.name,
        label,
        {
            "base": base,
            "tasks": {task: score.limit_of(task) for task in score.tasks},
            "batch_size": score.batch_size,
            "chat_template": score.chat_template,
            "data": package_hash(bias_tasks, "."),
            **({"tokenizer": tokenizer} if tokenizer else {}),
            **({"sentence": sentence} if sentence else {}),
        },
        adapters,
    )
