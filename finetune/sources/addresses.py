"""Where a source lies: one text says it."""

import re
from pathlib import Path
from typing import NamedTuple

from bias_tasks.training_rows import DataError
from finetune.originals import SHIPPED, DomainName

SUFFIXES = (".jsonl", ".json", ".csv", ".tsv", ".parquet")
EXPECTED = (
    f"a file ending in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}, a folder of such files or one that "
    "save_to_disk wrote, a hub id OWNER/NAME, or shipped:gender"
)
_PACKED = (".zst", ".bz2", ".xz", ".zip")
DEFAULT_SPLIT = "train"
"""What is read where several splits are there and none is named."""
_WORD = r"[A-Za-z0-9][\w.-]*"
_HUB = re.compile(
    rf"(?P<repository>{_WORD}/{_WORD})(?:@(?P<revision>[\w./-]+))?"
    rf"(?:(?::(?P<config>{_WORD}))?:(?P<split>{_WORD}))?"
)


class Shipped(NamedTuple):
    """The first originals that the package ships for a domain."""

    domain: DomainName
    rows: int

    @property
    def name(self) -> str:
        return f"shipped:{self.domain}:{self.rows}"


class File(NamedTuple):
    """One file; `text` is how it was named."""

    text: str
    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def suffix(self) -> str:
        """How its name ends, besides the .gz of a packed file."""
        path = self.path.with_suffix("") if self.path.suffix.lower() == ".gz" else self.path
        return path.suffix.lower()


class Folder(NamedTuple):
    """A folder that holds a data set; the configuration and the split of it that were named."""

    text: str
    path: Path
    config: str | None = None
    split: str | None = None

    @property
    def name(self) -> str:
        return ":".join([self.path.resolve().name, *filter(None, (self.config, self.split))])


class Hub(NamedTuple):
    """A data set of the hub; `revision` and `config` are its own defaults where they are None."""

    text: str
    repository: str
    revision: str | None
    config: str | None
    split: str

    @property
    def name(self) -> str:
        return self.text


def parse(text: str) -> Shipped | File | Folder | Hub:
    """What a text names; what lies on this machine goes before a hub id.

    Raises:
        DataError: it names nothing that could be read.
    """
    if text.startswith("shipped:"):
        return _shipped(text)
    path = Path(text).expanduser()
    if path.is_dir() and text:
        return Folder(text, path)
    if path.is_file():
        return known_file(text, path)
    for named in (1, 2):
        start, *parts = text.rsplit(":", named)
        if len(parts) == named and (folder := Path(start).expanduser()).is_dir():
            return Folder(text, folder, parts[0] if named == 2 else None, parts[-1])
    match = _HUB.fullmatch(text)
    # A name below a folder that is here is a file's, misspelt.
    if match and path.suffix.lower() not in SUFFIXES and not Path(text.split("/")[0]).is_dir():
        return Hub(
            text, match["repository"], match["revision"], match["config"], match["split"] or DEFAULT_SPLIT
        )
    raise DataError(f"{text}: no such file or folder; expected {EXPECTED}")


def known_file(text: str, path: Path) -> File:
    """
    Raises:
        DataError: its name ends in nothing that is read.
    """
    file = File(text, path)
    if path.suffix.lower() in _PACKED:
        raise DataError(f"{text}: packed; expected it unpacked or packed with gzip (.gz)")
    if file.suffix not in SUFFIXES:
        raise DataError(f"{text}: expected {EXPECTED}")
    return file


def _shipped(text: str) -> Shipped:
    _, domain, *rest = text.split(":")
    for known, originals in SHIPPED.items():
        if domain == known:
            count = rest[0] if rest else str(originals.maximum)
            if len(rest) > 1 or not re.fullmatch(r"[0-9]{1,9}", count):
                raise DataError(f"{text}: expected shipped:{domain} or shipped:{domain}:COUNT")
            if not 1 <= int(count) <= originals.maximum:
                raise DataError(f"{text}: expected 1 to {originals.maximum}, which the package ships")
            return Shipped(known, int(count))
    raise DataError(f"{text}: expected {' or '.join(f'shipped:{known}' for known in SHIPPED)}")
