"""A GGUF file as a model: found in the cache by its content, or converted into it."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from bias_inherit.kit.errors import RunError
from bias_inherit.kit.files import file_hash
from bias_inherit.kit.quantities import size
from bias_inherit.models.conversion_cache import cache_folder, is_converted, made_once
from bias_inherit.models.gguf.header import Header, read_header
from bias_inherit.models.gguf.support import check_supported

_CONVERSION = 1
"""Raised when a conversion gives something else, so that nobody goes on with what the former one gave."""


class GgufModel(NamedTuple):
    """A file that was converted.

    Attributes:
        folder: Of the checkpoint.
        name: For people and records; of the file, without its folder and ending.
        sha256: Of the file.
        licence: By the file's metadata; None where they name none.
    """

    folder: Path
    name: str
    sha256: str
    licence: str | None


def is_gguf(pretrained: str) -> bool:
    """Whether a model is named by a GGUF file."""
    return pretrained.lower().endswith(".gguf")


def looked_at(path: Path) -> Header:
    """The head of a file that can be converted, as far as the head tells; quick.

    Raises:
        RunError: it cannot be, and why.
    """
    header = read_header(path)
    check_supported(path, header)
    return header


def kept_folder(path: Path) -> Path | None:
    """Where the checkpoint of a file lies; None where the file is not here or was not converted yet."""
    if not path.is_file():
        return None
    folder = _folder(_sha256(path))
    return folder if is_converted(folder) else None


def gguf_model(path: Path, notify: Callable[[str], None]) -> GgufModel:
    """The checkpoint of a file; converts on first use.

    Args:
        notify: Told the licence that the file names, and what takes long.

    Raises:
        RunError: the file cannot be converted.
    """
    header = looked_at(path)
    sha256 = _sha256(path)
    folder = _folder(sha256)
    notify(f"{path.name}: licence, by its metadata: {header.licence or 'none named'}")
    if not is_converted(folder):
        unpacked = size(4 * sum(tensor.numbers for tensor in header.tensors))
        notify(f"converting {path.name} ({header.architecture}) into {folder}, once ({unpacked})")
        _convert(path, header, folder)
    return GgufModel(folder, path.stem, sha256, header.licence)


def _convert(path: Path, header: Header, folder: Path) -> None:
    from bias_inherit.models.gguf.conversion import convert

    named = str(header.metadata.get("general.name", header.architecture))
    made_once(folder, lambda beside: convert(path, header, named, beside))


def _folder(sha256: str) -> Path:
    return cache_folder() / f"gguf-{sha256[:16]}-conversion-{_CONVERSION}"


def _sha256(path: Path) -> str:
    stat = path.stat()
    return _hash_of(path.resolve(), stat.st_size, stat.st_mtime_ns)


@cache
def _hash_of(path: Path, _size: int, _changed: int) -> str:
    """In one process a file is hashed once, unless it changes."""
    try:
        return file_hash(path)
    except OSError as error:
        raise RunError(f"{path}: {error.strerror}; expected a GGUF file") from error
