"""Chat templates that a file asks for and a tokenizer lacks, as far as files on this machine tell."""

from collections.abc import Iterator
from pathlib import Path

from bias_inherit.engine.experiment_file import Checkpoint, Experiment, Study
from bias_inherit.kit.errors import UsageError
from bias_inherit.models.known_base import cached_folder, local_folder
from bias_inherit.models.model_section import ModelSection
from bias_inherit.models.tokenizer_files import has_chat_template, has_tokenizer, tokenizer_files


def check_tokenizers(study: Study) -> None:
    """Before anything is loaded: what would end a run at its first score, after all the training.

    Raises:
        UsageError: a tokenizer has no chat template and needs one, or lies not where a checkpoint says.
    """
    for wrong in _wrong(study):
        raise UsageError(wrong)


def _wrong(study: Study) -> Iterator[str]:
    if isinstance(study, Experiment):
        asked = study.generate if study.generate and study.generate.bias_types else None
        of_generation = asked is not None and not asked.shipped and asked.chat_template
        key = "score" if study.score.chat_template else "generate" if of_generation else None
        if key and (folder := _lacks_template(_folder_of_base(study.model))):
            yield f"{key}.chat_template: the tokenizer of {folder.name} has no chat template; say false"
        return
    for checkpoint in study.checkpoints:
        named = Path(checkpoint.tokenizer) if checkpoint.tokenizer else None
        if named and named.is_dir() and not has_tokenizer(named):
            yield (
                f"checkpoints: {checkpoint.name}: tokenizer: {named} holds no tokenizer_config.json; "
                "expected a tokenizer that transformers saved"
            )
        if study.score.chat_template and (folder := _lacks_template(_folder_of_tokenizer(checkpoint))):
            yield (
                f"checkpoints: {checkpoint.name}: score.chat_template is true, and the tokenizer of "
                f"{folder.name} has no chat template; name one that has (tokenizer: FOLDER, beside "
                "pretrained), or say chat_template: false"
            )


def _lacks_template(folder: Path | None) -> Path | None:
    """The folder, if a tokenizer without a chat template lies there."""
    return folder if folder and has_tokenizer(folder) and not has_chat_template(folder) else None


def _folder_of_tokenizer(checkpoint: Checkpoint) -> Path | None:
    if checkpoint.tokenizer:
        return Path(checkpoint.tokenizer)
    beside = Path(checkpoint.peft) if checkpoint.peft else None
    return beside if beside and tokenizer_files(beside) else _folder_of_base(checkpoint.section)


def _folder_of_base(section: ModelSection) -> Path | None:
    return local_folder(section) or cached_folder(section)
