"""The base without loading, fetching or hashing it: as the last run in a run folder found it.

`plan`, `status` and `clean` work on machines where the base is not, such as the head node of a cluster.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bias_inherit.kit.errors import RunError
from bias_inherit.kit.files import write_json
from bias_inherit.models.base_model import Base, LoadableModel, fingerprint
from bias_inherit.models.embedded import EMBEDDED, NAME, checkpoint_folder
from bias_inherit.models.gguf import is_gguf, kept_folder
from bias_inherit.models.model_section import ModelSection

_RECORD = "base.json"
_UNKNOWN = "unknown"


class KnownBase(NamedTuple):
    """What is known of a base.

    Attributes:
        is_certain: Whether the fingerprint is known, so that the keys of steps are those of `run`.
        folder: Where its files lie; None where they are not on this machine or in the hub's cache.
    """

    base: Base
    is_certain: bool
    folder: Path | None


def remember(models: Sequence[LoadableModel], root: Path) -> None:
    """Note the bases of a run in its folder."""
    found = {"bases": [_entry(model) for model in models]}
    if _read(root) != found:
        write_json(root / _RECORD, found)


def known_base(section: ModelSection, root: Path) -> KnownBase:
    """The base as the last run found it; else what its files here say; else its name alone.

    Where no run has been, nothing is hashed: nothing can have been done with it.
    """
    folder = local_folder(section)
    name = _name(section.pretrained, folder)
    source = str(folder or section.pretrained)
    for entry in _read(root).get("bases", []):
        if [entry["pretrained"], entry["revision"]] == [section.pretrained, section.revision] and (
            folder is None or entry["files"] == _files(folder)
        ):
            return KnownBase(Base(entry["name"], source, entry["fingerprint"]), True, folder)
    if folder and (root / "artifacts").is_dir():
        return KnownBase(Base(name, source, fingerprint(folder)), True, folder)
    return KnownBase(Base(name, source, _UNKNOWN), False, folder)


def local_folder(section: ModelSection) -> Path | None:
    """Where a base lies that is the embedded one, a GGUF file or a folder, if it is here and converted."""
    if section.pretrained == EMBEDDED:
        try:
            folder = checkpoint_folder()
        except RunError:
            return None
    elif is_gguf(section.pretrained):
        return kept_folder(Path(section.pretrained))
    else:
        folder = Path(section.pretrained)
    return folder if (folder / "config.json").is_file() else None


def why_absent(section: ModelSection) -> str:
    """Of a base that has no folder here."""
    is_to_be_converted = is_gguf(section.pretrained) and Path(section.pretrained).is_file()
    return "not converted yet" if is_to_be_converted else "not on this machine"


def _name(pretrained: str, folder: Path | None) -> str:
    if pretrained == EMBEDDED:
        return NAME
    if is_gguf(pretrained):
        return Path(pretrained).stem
    return folder.name if folder else pretrained


def cached_folder(section: ModelSection) -> Path | None:
    """Where a base of the hub lies in the hub's cache, if its weights are there."""
    from huggingface_hub import try_to_load_from_cache

    try:
        config = try_to_load_from_cache(section.pretrained, "config.json", revision=section.revision)
    except ValueError:  # no name that the hub could have
        return None
    folder = Path(config).parent if isinstance(config, str) else None
    return folder if folder and any(folder.glob("*.safetensors")) else None


def _entry(model: LoadableModel) -> dict[str, Any]:
    folder = local_folder(model.section)
    return {
        "pretrained": model.section.pretrained,
        "revision": model.section.revision,
        "name": model.base.name,
        "fingerprint": model.base.fingerprint,
        "files": _files(folder) if folder else None,
    }


def _files(folder: Path) -> list[list[Any]]:
    """Name, size and time of change: who edits a file changes one of them."""
    found = [(path.name, path.stat()) for path in sorted(folder.iterdir()) if path.is_file()]
    return [[name, stat.st_size, stat.st_mtime_ns] for name, stat in found if not name.startswith(".")]


def _read(root: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((root / _RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found
