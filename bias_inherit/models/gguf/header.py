"""The head of a GGUF file: its metadata and the list of its tensors, without the tensors themselves.

Read here and not by `gguf.GGUFReader`, which takes ten seconds for a vocabulary of 262,144 tokens, and every
command asks. The format: github.com/ggml-org/ggml, docs/gguf.md.
"""

import mmap
import struct
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

from gguf import GGML_QUANT_SIZES, GGMLQuantizationType

from bias_inherit.kit.errors import RunError

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_TEXT, _ARRAY = 8, 9
_ALIGNMENT = 32


class Tensor(NamedTuple):
    """One tensor as the file lists it.

    Attributes:
        shape: As torch counts, the fastest dimension last.
        kind: How its numbers are stored: F32, Q4_K ...; `type N` where this version of gguf knows none such.
        start: Of its bytes, counted from the first tensor's.
        size: In bytes; 0 where the kind is not known.
    """

    name: str
    shape: tuple[int, ...]
    kind: str
    start: int
    size: int

    @property
    def numbers(self) -> int:
        """How many it holds."""
        return prod(self.shape)


class Header(NamedTuple):
    """What stands before the tensors.

    Attributes:
        metadata: Key -> value; of a list of texts (vocabulary, merges) its length.
    """

    metadata: dict[str, Any]
    tensors: tuple[Tensor, ...]

    @property
    def architecture(self) -> str:
        """As llama.cpp calls it."""
        return str(self.metadata.get("general.architecture", ""))

    @property
    def licence(self) -> str | None:
        """As the metadata name it; None where they do not."""
        named = self.metadata.get("general.license.name") or self.metadata.get("general.license")
        return str(named) if named else None

    @property
    def has_chat_template(self) -> bool:
        """Whether one comes with the tokenizer."""
        return bool(self.metadata.get("tokenizer.chat_template"))


def read_header(path: Path) -> Header:
    """
    Raises:
        RunError: there is no such file, it is no GGUF file of a version that is read here, or it is cut off.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise RunError(f"{path} is no GGUF file")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                return _header(_Cursor(content, len(_MAGIC)), path)
    except OSError as error:
        raise RunError(f"{path}: {error.strerror}; expected a GGUF file") from error
    except (struct.error, UnicodeDecodeError, KeyError, OverflowError) as error:
        raise RunError(f"{path} is cut off or damaged within its first part; fetch it anew") from error


class _Cursor:
    """Reads one value after the other."""

    def __init__(self, content: mmap.mmap, place: int) -> None:
        self._content = content
        self.place = place

    def numbers(self, form: str) -> tuple[Any, ...]:
        """Little-endian numbers in the notation of `struct`."""
        values = struct.unpack_from(f"<{form}", self._content, self.place)
        self.place += struct.calcsize(f"<{form}")
        return values

    def text(self) -> str:
        (length,) = self.numbers("Q")
        (raw,) = self.numbers(f"{length}s")
        return bytes(raw).decode("utf-8")

    def skip_text(self) -> None:
        (length,) = self.numbers("Q")
        self.place += length

    def value(self) -> Any:
        """A value of any type, after the number of its type."""
        (kind,) = self.numbers("I")
        if kind == _TEXT:
            return self.text()
        if kind != _ARRAY:
            return self.numbers(_NUMBERS[kind])[0]
        of, count = self.numbers("IQ")
        if of != _TEXT:
            return list(self.numbers(f"{count}{_NUMBERS[of]}"))
        for _ in range(count):
            self.skip_text()
        return count


def _header(cursor: _Cursor, path: Path) -> Header:
    version, tensors, entries = cursor.numbers("IQQ")
    if version not in _VERSIONS:
        read = " and ".join(map(str, _VERSIONS))
        raise RunError(f"{path} is GGUF version {version}; versions {read} are read")
    metadata = {}
    for _ in range(entries):
        key = cursor.text()
        metadata[key] = cursor.value()
    header = Header(metadata, tuple(_tensor(cursor) for _ in range(tensors)))
    alignment = metadata.get("general.alignment", _ALIGNMENT)
    first = -(-cursor.place // alignment) * alignment
    needed = max((first + tensor.start + tensor.size for tensor in header.tensors), default=first)
    there = path.stat().st_size
    if there < needed:
        raise RunError(f"{path} is cut off: {there:,} bytes of {needed:,}; fetch it anew")
    return header


def _tensor(cursor: _Cursor) -> Tensor:
    name = cursor.text()
    (dimensions,) = cursor.numbers("I")
    shape = cursor.numbers(f"{dimensions}Q")
    number, start = cursor.numbers("IQ")
    if number not in {kind.value for kind in GGMLQuantizationType}:
        return Tensor(name, shape[::-1], f"type {number}", start, 0)
    kind = GGMLQuantizationType(number)
    a_block, its_bytes = GGML_QUANT_SIZES[kind]
    return Tensor(name, shape[::-1], kind.name, start, prod(shape) // a_block * its_bytes)
