"""Folders: what `save_to_disk` wrote, or data files as on the hub, one or several a split."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import datasets

from bias_tasks.training_rows import DataError
from finetune.sources.addresses import DEFAULT_SPLIT, SUFFIXES, File, Folder, known_file
from finetune.sources.library import reason, silent

_NO_ROWS = ("dataset_info.json", "dataset_infos.json")
"""What the `datasets` library writes beside data files."""
_SHARD = re.compile(r"(?P<stem>.*)-(?P<number>[0-9]{5})-of-(?P<count>[0-9]{5})(?P<suffix>\..+)")


class Chosen(NamedTuple):
    """The data files of one split.

    Attributes:
        note: What of the folder is not read; None where everything is.
    """

    files: list[File]
    note: str | None


def is_saved(folder: Folder) -> bool:
    """Whether `save_to_disk` wrote it."""
    return any((folder.path / name).is_file() for name in ("state.json", "dataset_dict.json"))


def note_of_saved(folder: Folder) -> str | None:
    """Which splits of a folder that `save_to_disk` wrote are not read, where none was named."""
    try:
        listed = json.loads((folder.path / "dataset_dict.json").read_text(encoding="utf-8"))["splits"]
    except (OSError, ValueError, KeyError):  # one data set without splits; what is broken is told on reading
        return None
    return _splits_left(folder, [str(split) for split in listed])


def choose(folder: Folder) -> Chosen:
    """The data files of the split named, or of `train`.

    The `datasets` library decides which file belongs to which split, as for a data set of the hub.

    Raises:
        DataError: there are none, or some of them are not there.
    """
    if (folder.path / "snapshots").is_dir():
        raise DataError(
            f"{folder.text}: a folder of the hub's cache; expected one of its snapshots: "
            f"{_snapshots(folder.path)}"
        )
    splits = _splits(folder)
    split = folder.split or DEFAULT_SPLIT
    if split not in splits:
        raise DataError(f"{folder.text}: no split {split}; the splits are {', '.join(splits)}")
    files = [known_file(str(path), path) for path in splits[split]]
    if missing := _missing_shards(files):
        raise DataError(f"{folder.text}: {missing} is missing; expected all parts of the split {split}")
    listed = {path.resolve() for paths in splits.values() for path in paths}
    others = sorted(
        path.name
        for path in folder.path.iterdir()
        if path.suffix.lower() in SUFFIXES and path.resolve() not in listed and path.name not in _NO_ROWS
    )
    return Chosen(files, _splits_left(folder, [*splits]) or _files_left(folder, files, others))


def note_of_part(file: File) -> str | None:
    """That a file is one part of a table, where its name says so."""
    part = _SHARD.fullmatch(file.path.name)
    if part is None or int(part["count"]) < 2:
        return None
    return (
        f"{file.text}: this is part {int(part['number']) + 1} of {int(part['count'])} of a data set; "
        "name the folder to read all of it"
    )


def _splits(folder: Folder) -> dict[str, list[Path]]:
    # The library leaves lock files where it keeps its cache.
    with silent(), TemporaryDirectory() as cache:
        try:
            builder = datasets.load_dataset_builder(str(folder.path), folder.config, cache_dir=cache)
        except Exception as error:  # of its own, fsspec's, YAML's, and plain ValueError
            expected = "expected data files, or what save_to_disk wrote"
            raise DataError(f"{folder.text}: not read; {expected} ({reason(error)})") from error
    return {str(split): [Path(file) for file in files] for split, files in builder.config.data_files.items()}


def _missing_shards(files: Iterable[File]) -> str | None:
    """The first part that a table of several files lacks."""
    names = {file.path.name for file in files}
    for part in filter(None, map(_SHARD.fullmatch, sorted(names))):
        for number in range(int(part["count"])):
            name = f"{part['stem']}-{number:05d}-of-{part['count']}{part['suffix']}"
            if name not in names:
                return name
    return None


def _splits_left(folder: Folder, splits: list[str]) -> str | None:
    others = [split for split in splits if split != DEFAULT_SPLIT]
    if folder.split or not others or len(others) == len(splits):
        return None
    named = f"{folder.text}:{others[0]}"
    return f"{folder.text}: reading the split {DEFAULT_SPLIT}, not {', '.join(others)} ({named} reads that)"


def _files_left(folder: Folder, files: list[File], others: list[str]) -> str | None:
    if not others:
        return None
    return f"{folder.text}: reading {', '.join(file.path.name for file in files)}, not {', '.join(others)}"


def _snapshots(path: Path) -> str:
    return ", ".join(str(snapshot) for snapshot in sorted((path / "snapshots").iterdir())) or "there is none"
