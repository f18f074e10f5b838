"""Data wherever they lie and whatever their columns are called, as rows of the contract.

A source is named by one text: a file, a folder, a hub id, or originals that the package ships
(`addresses`). Its records are read as they are (`folders`, `files`, `tables`) and turned into rows by what
their columns hold (`layouts`).
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple

from bias_tasks.training_rows import DataError, TrainingRow
from finetune.originals import SHIPPED
from finetune.sources.addresses import File, Folder, Hub, Shipped, parse
from finetune.sources.files import read_file
from finetune.sources.folders import choose, is_saved, note_of_part, note_of_saved
from finetune.sources.layouts import (
    LayoutName,
    Reading,
    RowSource,
    check_fields,
    check_question,
    reading,
)
from finetune.sources.tables import read_table
from finetune.sources.values import FieldError

__all__ = ["RowSource", "Source", "needs_hub", "open_source", "read_source"]


class Source(NamedTuple):
    """What a text named.

    Attributes:
        name: The source without the folders of this machine.
        rows: Its rows, at least one.
        layout: What its columns held; None for shipped originals.
        note: What of it is not read; None where everything is.
    """

    name: str
    rows: list[TrainingRow]
    layout: LayoutName | None
    note: str | None = None


def read_source(
    text: str,
    columns: Mapping[str, str] | None,
    source: RowSource | None,
    question: str | None = None,
    seed: int = 0,
) -> list[TrainingRow]:
    """The rows of one source.

    Args:
        text: A file (.jsonl, .json, .csv, .tsv, .parquet; text also packed with gzip), a folder of such
            files or one that `save_to_disk` wrote (FOLDER[[:CONFIG]:SPLIT]), a hub id
            (OWNER/NAME[@REVISION][[:CONFIG]:SPLIT]), or originals that ship (shipped:DOMAIN[:COUNT]).
        columns: Our field -> the data's column. Without it columns are called as our fields are. With it
            only the columns named, and those that the layout needs, are read.
        source: What the rows are. A row that says the contrary is refused; None takes what each row says,
            and original where it says nothing.
        question: Put around the text of text-and-label data: words with {text} in them, or `occupation` for
            the benchmark's own question. Other layouts bring their prompts.
        seed: Which of the shipped originals are drawn.

    Raises:
        DataError: the source cannot be read, or a row is not what was expected.
    """
    return open_source(text, columns, source, question, seed).rows


def open_source(
    text: str,
    columns: Mapping[str, str] | None,
    source: RowSource | None,
    question: str | None = None,
    seed: int = 0,
) -> Source:
    """As `read_source`, with what the source is called and what its columns held."""
    check_question(question)
    check_fields(columns or {})
    address = parse(text)
    if isinstance(address, Shipped):
        if columns:
            raise DataError(f"{text}: shipped originals have our columns; expected no others to be named")
        if source == "augmented":
            raise DataError(f"{text}: these are originals; expected augmented rows")
        return Source(address.name, SHIPPED[address.domain].rows(address.rows, seed), None)
    read: Reading | None = None
    rows, seen = [], dict[str, None]()
    records, note = _records(address)
    for where, record in records:
        try:
            read = read or reading(record, columns, source, question)
            rows.append(read.row(record))
        except FieldError as error:
            raise DataError(f"{where}: {error}") from error
        seen |= dict.fromkeys(record)
    if read is None:
        raise DataError(f"{text}: no rows; expected at least one")
    read.check_columns(seen, text)
    return Source(address.name, rows, read.layout, note)


def needs_hub(text: str) -> bool:
    """Whether a source is asked of the hub.

    Raises:
        DataError: it is no source at all.
    """
    return isinstance(parse(text), Hub)


def _records(address: File | Folder | Hub) -> tuple[Iterator[tuple[str, Mapping[str, Any]]], str | None]:
    """Records with their places, and what is not read."""
    if isinstance(address, File):
        return _of_file(address), note_of_part(address)
    if isinstance(address, Folder) and not is_saved(address):
        files, note = choose(address)
        return chain.from_iterable(map(_of_file, files)), note
    return read_table(address), note_of_saved(address) if isinstance(address, Folder) else None


def _of_file(file: File) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return read_table(file) if file.suffix == ".parquet" else read_file(file)
