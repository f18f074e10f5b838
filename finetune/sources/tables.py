"""Records of tables with types, read by the `datasets` library: Parquet, its own folders, the hub."""

from collections.abc import Iterator, Mapping
from tempfile import TemporaryDirectory
from typing import Any

import datasets

from bias_tasks.training_rows import DataError
from finetune.sources.addresses import DEFAULT_SPLIT, File, Folder, Hub
from finetune.sources.files import refuse_other_kinds
from finetune.sources.library import reason, silent

_FAILED = {
    File: "not read; expected a Parquet file with rows",
    Folder: "not read; expected a folder that save_to_disk wrote, with rows",
    Hub: "no such file or folder here, and not had from the hub",
}


def read_table(address: File | Folder | Hub) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Records with their places, rows numbered from 1; class labels by their names.

    Raises:
        DataError: the table cannot be read.
    """
    try:
        with silent():
            table = _open(address)
        for number, record in enumerate(_records(table), start=1):
            yield f"{address.text}: row {number}", record
    except DataError:
        raise
    except Exception as error:  # datasets, its readers and the hub's client raise dozens of kinds
        raise DataError(f"{address.text}: {_FAILED[type(address)]} ({reason(error)})") from error


def _open(address: File | Folder | Hub) -> Any:
    if isinstance(address, Hub):
        return datasets.load_dataset(
            address.repository, address.config, split=address.split, revision=address.revision
        )
    if isinstance(address, File):
        _check_kind(address)
        # In memory, and the copy that `datasets` would leave in the user's cache goes away.
        with TemporaryDirectory() as cache:
            return datasets.Dataset.from_parquet(str(address.path), cache_dir=cache, keep_in_memory=True)
    return _split(datasets.load_from_disk(str(address.path)), address)


def _check_kind(file: File) -> None:
    with file.path.open("rb") as stream:
        start = stream.read(32)
    if not start.startswith(b"PAR1"):
        refuse_other_kinds(file, start)


def _split(saved: Any, folder: Folder) -> Any:
    """The split named, or `train`; a data set that was saved by itself has none."""
    if folder.config:
        raise DataError(f"{folder.text}: save_to_disk writes no configurations; name no more than a split")
    if not isinstance(saved, datasets.DatasetDict):
        if folder.split:
            raise DataError(f"{folder.text}: this folder holds one data set without splits; name no split")
        return saved
    split = folder.split or DEFAULT_SPLIT
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
