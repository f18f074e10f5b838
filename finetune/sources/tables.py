"""Records of tables with types, read by the `datasets` library: Parquet, its own folders, the hub."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

import datasets

from bias_tasks.training_rows import DataError
from finetune.sources.addresses import File, Folder, Hub

_FAILED = {
    File: "not read; expected a Parquet file with rows",
    Folder: "not read; expected a folder that save_to_disk wrote, with rows",
    Hub: "no such file or folder here, and not had from the hub",
}


def read_table(address: File | Folder | Hub) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Records with their numbers from 1; class labels by their names.

    Raises:
        DataError: the table cannot be read.
    """
    try:
        with _silent():
            table = _open(address)
        yield from enumerate(_records(table), start=1)
    except DataError:
        raise
    except Exception as error:  # datasets, its readers and the hub's client raise dozens of kinds
        cause = error.__cause__ or error
        reason = " ".join(str(cause).split())[:200] or type(cause).__name__
        raise DataError(f"{address.text}: {_FAILED[type(address)]} ({reason})") from None


def _open(address: File | Folder | Hub) -> Any:
    if isinstance(address, Hub):
        return datasets.load_dataset(
            address.repository, address.config, split=address.split, revision=address.revision
        )
    if isinstance(address, File):
        # In memory, and the copy that `datasets` would leave in the user's cache goes away.
        with TemporaryDirectory() as cache:
            return datasets.Dataset.from_parquet(str(address.path), cache_dir=cache, keep_in_memory=True)
    return _split(datasets.load_from_disk(str(address.path)), address)


def _split(saved: Any, folder: Folder) -> Any:
    """The split named, or `train`; a data set that was saved by itself has none."""
    if not isinstance(saved, datasets.DatasetDict):
        if folder.split:
            raise DataError(f"{folder.text}: this folder holds one data set without splits; name no split")
        return saved
    split = folder.split or "train"
    if split not in saved:
        raise DataError(f"{folder.text}: no split {split}; the splits are {', '.join(saved)}")
    return saved[split]


def _records(table: Any) -> Iterator[Mapping[str, Any]]:
    names = {
        column: feature.names
        for column, feature in table.features.items()
        if isinstance(feature, datasets.ClassLabel)
    }
    for fields in table:
        for column, labels in names.items():
            code = fields[column]
            # -1 is how the library writes that a label is withheld.
            fields[column] = None if code is None or code < 0 else labels[code]
        yield fields


@contextmanager
def _silent() -> Iterator[None]:
    """No bars and no log lines of the libraries: what goes wrong is told once, by the error."""
    loggers = [logging.getLogger(name) for name in ("datasets", "huggingface_hub")]
    levels = [logger.level for logger in loggers]
    bars = not datasets.are_progress_bars_disabled()
    datasets.disable_progress_bars()
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        if bars:
            datasets.enable_progress_bars()
