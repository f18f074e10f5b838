"""What steps will cost in tokens, time and disk, before anything starts.

What a stage costs is its own to say (`engine.stages`). Steps that are done already are better evidence, and
are used first.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.forecast.lengths import Lengths
from bias_inherit.engine.forecast.tokens import Tokens
from bias_inherit.engine.stages import STAGES
from bias_inherit.engine.step import Step
from bias_inherit.engine.store import Store

_FLOAT = 4


def tokens_of(step: Step, lengths: Lengths) -> Tokens:
    """What a step will have the model do."""
    return STAGES[step.stage].cost(step, lengths)


def bytes_of(step: Step) -> int:
    """What a step will leave on the disk, as far as the step alone tells."""
    return STAGES[step.stage].size(step)


def seconds_per_token(steps: Sequence[Step], store: Store, lengths: Lengths) -> Mapping[str, float]:
    """Stage -> what its finished steps took for each token that was estimated for them."""
    seconds: dict[str, float] = {}
    tokens: dict[str, float] = {}
    for step in steps:
        estimated = sum(tokens_of(step, lengths))
        if estimated and store.is_there(step):
            seconds[step.stage] = seconds.get(step.stage, 0.0) + store.manifest(step)["seconds"]
            tokens[step.stage] = tokens.get(step.stage, 0.0) + estimated
    return {stage: seconds[stage] / tokens[stage] for stage in seconds}


def adapter_bytes(experiment: Experiment, base: Path | None) -> int | None:
    """Size of one adapter, from the shapes of the base's layers; None where they are not known.

    Peft's `all-linear` is all matrices but the embedding and the output layer.
    """
    if base is None or experiment.finetune.lora.targets != "all-linear":
        return None
    from safetensors import safe_open

    adapted = 0
    for file in base.glob("*.safetensors"):
        with safe_open(file, framework="numpy") as weights:
            for name in weights.keys():  # noqa: SIM118 - not a mapping
                shape = weights.get_slice(name).get_shape()
                if len(shape) == 2 and not any(part in name for part in ("embed", "lm_head", "wte", "wpe")):
                    adapted += sum(shape)
    return adapted * experiment.finetune.lora.rank * _FLOAT or None
