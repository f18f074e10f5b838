"""Finding and opening files below a folder of strangers."""

import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from bias_inherit.harness.results.visible import visible

_DATE = re.compile(r"_(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:\.\d+)?)\.json$")


class BadOutputError(Exception):
    """A file cannot be used: one line that names it and says why."""


class Found(NamedTuple):
    """A results file.

    Attributes:
        date: When the harness wrote it, as its name says; what its samples are found by. They sort by time.
    """

    path: Path
    date: str


class Folder:
    """A folder below which files are read, and out of which no link is followed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._real = Path(os.path.realpath(path))

    def results_files(self, on_problem: Callable[[str], None]) -> list[Found]:
        """The results files that the harness wrote, oldest first; linked folders are told and not entered.

        They are called `results_DATE.json`, or `NAME_DATE.json` where `--output_path NAME.json` was said.
        """
        found = []
        for path in self._walk(on_problem):
            if match := _DATE.search(path.name):
                found.append(Found(path, match[1]))
            elif path.name.startswith("results_") and path.suffix == ".json":
                found.append(Found(path, path.stem.removeprefix("results_")))
        return sorted(found, key=lambda file: (file.date, str(file.path)))

    def _walk(self, on_problem: Callable[[str], None]) -> Iterator[Path]:
        for folder, below, names in os.walk(self.path):
            for name in sorted(below):
                if (link := Path(folder, name)).is_symlink():
                    on_problem(f"{visible(link)}: a link to a folder; not followed. Name that folder itself")
            below.sort()
            yield from (Path(folder, name) for name in names)

    def open(self, path: Path, most: int) -> BinaryIO:
        """Open a file of at most so many bytes.

        Raises:
            BadOutputError: it is too large, no ordinary file, or lies elsewhere.
        """
        real = Path(os.path.realpath(path))
        if not real.is_relative_to(self._real):
            raise BadOutputError(
                f"{visible(path)}: a link that leads out of the folder; not followed. {_instead(path, real)}"
            )
        try:
            # Without O_NONBLOCK a named pipe would wait for somebody to write into it.
            file = open(os.open(real, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb")  # noqa: PTH123, SIM115
        except OSError as error:
            raise BadOutputError(f"{visible(path)}: {error.strerror}") from error
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            file.close()
            raise BadOutputError(f"{visible(path)}: not an ordinary file")
        if status.st_size > most:
            file.close()
            raise BadOutputError(f"{visible(path)}: {size(status.st_size)}; at most {size(most)} are read")
        return file


def _instead(path: Path, real: Path) -> str:
    """What to do about a link."""
    if "snapshots" in path.absolute().parts and "blobs" in real.parts:
        return "It is of the hub's cache: download with hf download --local-dir DIR, and name DIR"
    return "Copy the file there, or name the folder where it lies"


def size(count: int) -> str:
    """Bytes, for people."""
    for unit in ("bytes", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}"
        count //= 1024
    return f"{count:,} GiB"
