"""The plan of a file that only scores checkpoints, each its base or an adapter on it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bias_inherit.engine.experiment_file.evaluation import Checkpoint, Evaluation
from bias_inherit.engine.planning.blocks import in_blocks
from bias_inherit.engine.planning.plan import Model, Plan, ancestry
from bias_inherit.engine.planning.scoring import scoring
from bias_inherit.engine.stages import ADAPTER
from bias_inherit.engine.step import Step
from bias_inherit.kit.errors import RunError, with_reason
from bias_inherit.kit.files import file_hash
from bias_inherit.models.base_model import LoadableModel
from bias_inherit.models.tokenizer_files import PATTERNS, has_tokenizer, tokenizer_files
from bias_tasks.training_rows import short_hash

ADAPTER_FILES = ("adapter_config.json", "adapter_model.safetensors")


class Adapter(NamedTuple):
    """An adapter that is there already.

    Attributes:
        fingerprint: Hash of its files, with those of a tokenizer of its own.
    """

    folder: Path
    fingerprint: str


class Tokenizer(NamedTuple):
    """A tokenizer that a checkpoint names.

    Attributes:
        fingerprint: Hash of its files.
    """

    folder: Path
    fingerprint: str


def plan_evaluation(
    evaluation: Evaluation,
    models: Sequence[LoadableModel],
    adapters: Mapping[Checkpoint, Adapter],
    tokenizers: Mapping[Checkpoint, Tokenizer],
) -> Plan:
    """One scoring for each checkpoint; an adapter is first copied among the artifacts.

    Args:
        models: The base of each checkpoint.
        adapters: Of the checkpoints that have one.
        tokenizers: Of the checkpoints that name one.
    """
    scored = []
    for checkpoint, loadable in zip(evaluation.checkpoints, models, strict=True):
        identity = loadable.identity
        copied = []
        if checkpoint in adapters:
            inputs = {"base": identity, "adapter": adapters[checkpoint].fingerprint}
            copied = [Step(ADAPTER.name, checkpoint.name, inputs)]
        named = tokenizers[checkpoint].fingerprint if checkpoint in tokenizers else None
        step = scoring(checkpoint.name, identity, evaluation.score, *copied, tokenizer=named)
        scored.append(Model(checkpoint.name, step, None, seed=0))
    planned = in_blocks(scored, evaluation.score, evaluation.headline)
    steps = {step.key: step for model in planned for step in ancestry(model.score)}
    return Plan(tuple(steps.values()), planned, ())


def resolve_adapter(checkpoint: Checkpoint, fetch: bool = True) -> Adapter:
    """Find a checkpoint's adapter, in a folder or on the hub.

    Args:
        fetch: Whether it may be had from the hub, or only from its cache here.

    Raises:
        RunError: it is neither, or its weights are no safetensors.
    """
    peft = str(checkpoint.peft)
    folder = _folder_of("peft", peft, checkpoint.name, ADAPTER_FILES, fetch)
    missing = [name for name in ADAPTER_FILES if not (folder / name).is_file()]
    if missing:
        raise RunError(
            f"checkpoints: {checkpoint.name}: peft: {peft} holds no {missing[0]}; expected an adapter that "
            "peft saved, with its weights as safetensors"
        )
    files = [*map(Path, ADAPTER_FILES), *tokenizer_files(folder)]
    return Adapter(folder, short_hash([file_hash(folder / name) for name in files]))


def resolve_tokenizer(checkpoint: Checkpoint, fetch: bool = True) -> Tokenizer:
    """Find the tokenizer that a checkpoint names, in a folder or on the hub.

    Args:
        fetch: Whether it may be had from the hub, or only from its cache here.

    Raises:
        RunError: it is neither.
    """
    named = str(checkpoint.tokenizer)
    folder = _folder_of("tokenizer", named, checkpoint.name, (), fetch)
    if not has_tokenizer(folder):
        raise RunError(
            f"checkpoints: {checkpoint.name}: tokenizer: {named} holds no tokenizer_config.json; expected a "
            "tokenizer that transformers saved"
        )
    return Tokenizer(folder, short_hash([file_hash(folder / name) for name in tokenizer_files(folder)]))


def _folder_of(key: str, place: str, name: str, files: Sequence[str], fetch: bool) -> Path:
    """A folder, or the files and those of a tokenizer from the hub."""
    if Path(place).is_dir():
        return Path(place)
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(place, allow_patterns=[*files, *PATTERNS], local_files_only=not fetch))
    except (OSError, ValueError) as error:
        reason = with_reason(error)
        raise RunError(
            f"checkpoints: {name}: {key}: {place!r} is no folder and could not be had from the hub ({reason})"
        ) from error
