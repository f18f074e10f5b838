"""The base model of an experiment: where it lies, what it is called, which bytes it is."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bias_inherit.kit.errors import RunError, with_reason
from bias_inherit.kit.files import file_hash
from bias_inherit.models.embedded import EMBEDDED, NAME, embedded_model
from bias_inherit.models.gguf import gguf_model, is_gguf
from bias_inherit.models.model_section import ModelSection
from bias_tasks.training_rows import short_hash


class Base(NamedTuple):
    """The base model as it can be loaded and named.

    Attributes:
        name: Name for people and records; holds no path of this machine.
        source: What `from_pretrained` takes.
        fingerprint: Hash of the weights, or the hub's revision.
        licence: By the metadata of the GGUF file that it was converted from; None where there is none.
    """

    name: str
    source: str
    fingerprint: str
    licence: str | None = None


class LoadableModel(NamedTuple):
    """A base model and how it is loaded."""

    base: Base
    section: ModelSection

    @property
    def identity(self) -> dict[str, str]:
        """What decides the results of steps that load it."""
        in_4bit = ", 4 bits" if self.section.load_in_4bit else ""
        return {
            "name": self.base.name,
            "fingerprint": self.base.fingerprint,
            "dtype": f"{self.section.dtype}{in_4bit}",
        }


def resolve_base(section: ModelSection, notify: Callable[[str], None]) -> Base:
    """Find the base model.

    Args:
        notify: Told what takes long.

    Raises:
        RunError: it is neither installed, nor a folder, nor in the hub's cache or reach, or a GGUF file that
            cannot be converted.
    """
    pretrained = section.pretrained
    if pretrained == EMBEDDED:
        folder = embedded_model(notify)
        return Base(NAME, str(folder), fingerprint(folder))
    if is_gguf(pretrained):
        converted = gguf_model(Path(pretrained), notify)
        bytes_of = fingerprint(converted.folder)
        return Base(converted.name, str(converted.folder), bytes_of, converted.licence)
    if Path(pretrained).is_dir():
        return Base(Path(pretrained).name, pretrained, fingerprint(Path(pretrained)))
    from transformers import AutoConfig

    try:
        config = AutoConfig.from_pretrained(pretrained, revision=section.revision)
    except (OSError, ValueError) as error:
        reason = with_reason(error)
        raise RunError(
            f"model.pretrained: {pretrained!r} is no folder and could not be had from the hub ({reason}); "
            f"give a folder, a GGUF file, a hub id, or {EMBEDDED!r}"
        ) from error
    return Base(pretrained, pretrained, str(getattr(config, "_commit_hash", None) or "unknown"))


def fingerprint(folder: Path) -> str:
    """Hash over the names and bytes of a checkpoint's files.

    Raises:
        RunError: the folder holds no model.
    """
    if not (folder / "config.json").is_file():
        inside = sorted(folder.glob("*.gguf"))
        hint = f"; name its file: {inside[0]}" if inside else ""
        raise RunError(
            f"model.pretrained: {folder} holds no config.json; expected a transformers checkpoint{hint}"
        )
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    return short_hash([[path.name, file_hash(path)] for path in files])
