"""Files written whole or not at all, and their hashes."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PART = ".part"


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Strict JSON (NaN becomes null), written beside and renamed."""
    write_text(path, json.dumps(strict(value), ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """A text file, written beside, flushed to the disk and renamed."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """A file, written beside, flushed to the disk and renamed."""
    beside = path.with_name(f".{path.name}{PART}")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def strict(value: Any) -> Any:
    """The value with NaN and infinities as None, as strict JSON demands."""
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, Mapping):
        return {key: strict(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [strict(item) for item in value]
    return value
