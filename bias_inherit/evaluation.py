"""The plan of a file that only scores checkpoints, each its base or an adapter on it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bias_inherit.artifacts import Step, file_hash
from bias_inherit.base import LoadableModel
from bias_inherit.errors import RunError, first_line
from bias_inherit.experiment import Checkpoint, Evaluation
from bias_inherit.plan import Model, Plan, scoring
from bias_tasks.training_rows import short_hash

ADAPTER_FILES = ("adapter_config.json", "adapter_model.safetensors")


class Adapter(NamedTuple):
    """An adapter that is there already.

    Attributes:
        fingerprint: Hash of its files.
    """

    folder: Path
    fingerprint: str


def plan_evaluation(
    evaluation: Evaluation, models: Sequence[LoadableModel], adapters: Mapping[Checkpoint, Adapter]
) -> Plan:
    """One scoring for each checkpoint; an adapter is first copied among the artifacts.

    Args:
        models: The base of each checkpoint.
        adapters: Of the checkpoints that have one.
    """
    scored = []
    for checkpoint, loadable in zip(evaluation.checkpoints, models, strict=True):
        identity = loadable.identity
        copied = []
        if checkpoint in adapters:
            inputs = {"base": identity, "adapter": adapters[checkpoint].fingerprint}
            copied = [Step("adapter", checkpoint.name, inputs)]
        step = scoring(checkpoint.name, identity, evaluation.score, *copied)
        scored.append(Model(checkpoint.name, step, None, seed=0))
    steps = {step.key: step for model in scored for step in (*model.score.parents, model.score)}
    return Plan(tuple(steps.values()), tuple(scored), ())


def resolve_adapter(checkpoint: Checkpoint, fetch: bool = True) -> Adapter:
    """Find a checkpoint's adapter, in a folder or on the hub.

    Args:
        fetch: Whether it may be had from the hub, or only from its cache here.

    Raises:
        RunError: it is neither, or its weights are no safetensors.
    """
    peft = str(checkpoint.peft)
    folder = Path(peft)
    if not folder.is_dir():
        folder = _from_hub(peft, checkpoint.name, fetch)
    missing = [name for name in ADAPTER_FILES if not (folder / name).is_file()]
    if missing:
        raise RunError(
            f"checkpoints: {checkpoint.name}: peft: {peft} holds no {missing[0]}; expected an adapter that "
            "peft saved, with its weights as safetensors"
        )
    return Adapter(folder, short_hash([file_hash(folder / name) for name in ADAPTER_FILES]))


def _from_hub(peft: str, name: str, fetch: bool) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(peft, allow_patterns=list(ADAPTER_FILES), local_files_only=not fetch))
    except (OSError, ValueError) as error:
        reason = first_line(error)
        raise RunError(
            f"checkpoints: {name}: peft: {peft!r} is no folder and could not be had from the hub ({reason})"
        ) from None
