"""Where a source lies: one text says it."""

import re
from pathlib import Path
from typing import NamedTuple

from bias_tasks.training_rows import DataError
from finetune.originals import SHIPPED, DomainName

SUFFIXES = (".jsonl", ".json", ".csv", ".parquet")
EXPECTED = (
    f"a file ending in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}, a folder that save_to_disk wrote, "
    "a hub id OWNER/NAME, or shipped:gender"
)
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


class Folder(NamedTuple):
    """A folder that `save_to_disk` wrote, and the split of it that was named."""

    text: str
    path: Path
    split: str | None

    @property
    def name(self) -> str:
        return self.path.resolve().name + (f":{self.split}" if self.split else "")


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
        return Folder(text, path, None)
    if path.is_file():
        if path.suffix.lower() not in SUFFIXES:
            raise DataError(f"{text}: expected {EXPECTED}")
        return File(text, path)
    folder, colon, split = text.rpartition(":")
    if colon and (path := Path(folder).expanduser()).is_dir():
        return Folder(text, path, split)
    match = _HUB.fullmatch(text)
    # A name below a folder that is here is a file's, misspelt.
    if match and path.suffix.lower() not in SUFFIXES and not Path(text.split("/")[0]).is_dir():
        return Hub(text, match["repository"], match["revision"], match["config"], match["split"] or "train")
    raise DataError(f"{text}: no such file or folder; expected {EXPECTED}")


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
