"""From a file to its plan and all that carrying it out takes, with the bases found or only foreseen."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from bias_inherit.engine.experiment_file.evaluation import Checkpoint
from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.experiment_file.study import Study
from bias_inherit.engine.planning.checkpoints import (
    Adapter,
    Tokenizer,
    plan_evaluation,
    resolve_adapter,
    resolve_tokenizer,
)
from bias_inherit.engine.planning.experiment_plan import plan_experiment
from bias_inherit.engine.planning.plan import Plan
from bias_inherit.kit.errors import RunError
from bias_inherit.models.base_model import Base, LoadableModel, resolve_base
from bias_inherit.models.known_base import known_base
from bias_inherit.models.model_section import ModelSection

UNKNOWN_ADAPTER = Adapter(Path(), "unknown")
_UNKNOWN_TOKENIZER = Tokenizer(Path(), "unknown")


class Materials(NamedTuple):
    """What steps are made from besides each other's results.

    Attributes:
        models: All bases; the first is the experiment's.
        adapters: Fingerprint -> folder, of adapters that were trained elsewhere.
        tokenizers: The same of tokenizers that checkpoints name.
    """

    study: Study
    models: tuple[LoadableModel, ...]
    adapters: Mapping[str, Path]
    tokenizers: Mapping[str, Path]


class Prepared(NamedTuple):
    """A file's plan.

    Attributes:
        is_certain: Whether the keys of steps are those of a run; where they are not, a base is not at hand.
    """

    materials: Materials
    plan: Plan
    is_certain: bool

    @property
    def base(self) -> Base:
        """The experiment's base, or the first checkpoint's."""
        return self.materials.models[0].base


def prepare(study: Study, notify: Callable[[str], None]) -> Prepared:
    """With all bases and adapters found, and fetched where they are not here.

    Args:
        notify: Told what takes long.

    Raises:
        RunError: one cannot be found.
        UsageError: the plan cannot be made.
    """
    bases = {section: resolve_base(section, notify) for section in _sections(study)}
    adapters = {checkpoint: resolve_adapter(checkpoint) for checkpoint in _adapted(study)}
    tokenizers = {checkpoint: resolve_tokenizer(checkpoint) for checkpoint in _with_tokenizer(study)}
    return _prepared(study, bases, adapters, tokenizers, is_certain=True)


def foresee(study: Study, root: Path) -> Prepared:
    """With bases as the last run in a folder found them; nothing is fetched or loaded.

    Raises:
        UsageError: the plan cannot be made.
    """
    known = {section: known_base(section, root) for section in _sections(study)}
    adapters = {checkpoint: _adapter_here(checkpoint) for checkpoint in _adapted(study)}
    tokenizers = {checkpoint: _tokenizer_here(checkpoint) for checkpoint in _with_tokenizer(study)}
    bases = {section: found.base for section, found in known.items()}
    is_certain = (
        all(found.is_certain for found in known.values())
        and UNKNOWN_ADAPTER not in adapters.values()
        and _UNKNOWN_TOKENIZER not in tokenizers.values()
    )
    return _prepared(study, bases, adapters, tokenizers, is_certain)


def _prepared(
    study: Study,
    bases: Mapping[ModelSection, Base],
    adapters: Mapping[Checkpoint, Adapter],
    tokenizers: Mapping[Checkpoint, Tokenizer],
    is_certain: bool,
) -> Prepared:
    models = tuple(LoadableModel(base, section) for section, base in bases.items())
    if isinstance(study, Experiment):
        plan = plan_experiment(study, models[0].base)
    else:
        loadable = {model.section: model for model in models}
        bases_of = [loadable[checkpoint.section] for checkpoint in study.checkpoints]
        plan = plan_evaluation(study, bases_of, adapters, tokenizers)
    materials = Materials(
        study,
        models,
        {adapter.fingerprint: adapter.folder for adapter in adapters.values()},
        {tokenizer.fingerprint: tokenizer.folder for tokenizer in tokenizers.values()},
    )
    return Prepared(materials, plan, is_certain)


def _sections(study: Study) -> list[ModelSection]:
    """How each base is loaded, one entry for each that differs."""
    if isinstance(study, Experiment):
        return [study.model]
    return list(dict.fromkeys(checkpoint.section for checkpoint in study.checkpoints))


def _adapted(study: Study) -> list[Checkpoint]:
    return [] if isinstance(study, Experiment) else [c for c in study.checkpoints if c.peft]


def _with_tokenizer(study: Study) -> list[Checkpoint]:
    return [] if isinstance(study, Experiment) else [c for c in study.checkpoints if c.tokenizer]


def _adapter_here(checkpoint: Checkpoint) -> Adapter:
    try:
        return resolve_adapter(checkpoint, fetch=False)
    except RunError:
        return UNKNOWN_ADAPTER


def _tokenizer_here(checkpoint: Checkpoint) -> Tokenizer:
    try:
        return resolve_tokenizer(checkpoint, fetch=False)
    except RunError:
        return _UNKNOWN_TOKENIZER
