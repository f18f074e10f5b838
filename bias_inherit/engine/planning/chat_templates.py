"""Chat templates that a file asks for and a tokenizer lacks, as far as files on this machine tell."""

from collections.abc import Iterator
from pathlib import Path

from bias_inherit.engine.experiment_file.evaluation import Checkpoint
from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.experiment_file.study import Study
from bias_inherit.kit.errors import UsageError
from bias_inherit.models.gguf import is_gguf, looked_at
from bias_inherit.models.known_base import cached_folder, local_folder
from bias_inherit.models.model_section import ModelSection
from bias_inherit.models.tokenizer_files import has_chat_template, has_tokenizer, tokenizer_files


def check_tokenizers(study: Study) -> None:
    """Before anything is loaded: what would end a run at its first score, after all the training.

    Raises:
        UsageError: a tokenizer has no chat template and needs one, or lies not where a checkpoint says.
        RunError: a GGUF file is here and cannot be converted.
    """
    for wrong in _wrong(study):
        raise UsageError(wrong)


def _wrong(study: Study) -> Iterator[str]:
    if isinstance(study, Experiment):
        asked = study.generate if study.generate and study.generate.bias_types else None
        of_generation = asked is not None and not asked.shipped and asked.chat_template
        asking = {"score": study.score.chat_template, "generate": of_generation}
        keys = " and ".join(f"{section}.chat_template" for section, is_asked in asking.items() if is_asked)
        name = _base_without_template(study.model)
        if keys and name:
            yield f"{keys}: the tokenizer of {name} has no chat template; say false"
        return
    for checkpoint in study.checkpoints:
        named = Path(checkpoint.tokenizer) if checkpoint.tokenizer else None
        if named and named.is_dir() and not has_tokenizer(named):
            yield (
                f"checkpoints: {checkpoint.name}: tokenizer: {named} holds no tokenizer_config.json; "
                "expected a tokenizer that transformers saved"
            )
        if study.score.chat_template and (name := _without_template(checkpoint)):
            yield (
                f"checkpoints: {checkpoint.name}: score.chat_template is true, and the tokenizer of {name} "
                f"has no chat template; name one that has (tokenizer: FOLDER, beside "
                "pretrained), or say chat_template: false"
            )


def _without_template(checkpoint: Checkpoint) -> str | None:
    """The name of the checkpoint's tokenizer, if it has no chat template."""
    if checkpoint.tokenizer:
        return _lacks_template(Path(checkpoint.tokenizer))
    beside = Path(checkpoint.peft) if checkpoint.peft else None
    if beside and tokenizer_files(beside):
        return _lacks_template(beside)
    return _base_without_template(checkpoint.section)


def _base_without_template(section: ModelSection) -> str | None:
    if is_gguf(section.pretrained):
        file = Path(section.pretrained)
        return file.name if file.is_file() and not looked_at(file).has_chat_template else None
    return _lacks_template(local_folder(section) or cached_folder(section))


def _lacks_template(folder: Path | None) -> str | None:
    """The folder's name, if a tokenizer without a chat template lies there."""
    return folder.name if folder and has_tokenizer(folder) and not has_chat_template(folder) else None
