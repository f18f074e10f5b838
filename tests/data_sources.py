"""Data as users have them: written in every format, and what is read of them or said about them."""

import csv
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import datasets
import pytest

from bias_tasks.training_rows import DataError, TrainingRow
from finetune.sources import Source, open_source, read_source

Fields = Mapping[str, Any]
Write = Callable[[Path, list[dict[str, Any]]], Path]

NAN = float("nan")
WHO = {"prompt": "Who works here?", "completion": "A nurse."}
WHAT = {"prompt": "What does she plan?", "completion": "A bridge."}
LABELLED = [
    {"text": "She designs houses.", "label": "architect"},
    {"text": "He paints.", "label": "painter"},
]
TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Hello?"},
    {"role": "assistant", "content": "Yes?"},
    {"role": "user", "content": "Who works here?"},
    {"role": "assistant", "content": "A nurse."},
]


def lines(*records: Fields) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def json_lines(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text(lines(*records), encoding="utf-8")
    return path


def json_list(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text(json.dumps(records, indent=1), encoding="utf-8")
    return path


def csv_file(
    path: Path, records: list[dict[str, Any]], separator: str = ",", quoting: int = csv.QUOTE_MINIMAL
) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(records[0]), delimiter=separator, quoting=quoting)
        writer.writeheader()
        writer.writerows(records)
    return path


def parquet(path: Path, records: list[dict[str, Any]]) -> Path:
    datasets.Dataset.from_list(records).to_parquet(path)
    return path


def saved(path: Path, records: list[dict[str, Any]]) -> Path:
    datasets.Dataset.from_list(records).save_to_disk(path)
    return path


def numbered_classes(names: list[str], numbers: list[int]) -> datasets.Dataset:
    """Texts whose labels are numbers with names, as the `datasets` library keeps them."""
    types = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=names)})
    texts = [f"This is text {place}." for place in range(len(numbers))]
    return datasets.Dataset.from_dict({"text": texts, "label": numbers}, features=types)


WRITERS: Mapping[str, Write] = {
    "rows.jsonl": json_lines,
    "lines.json": json_lines,
    "list.json": json_list,
    "rows.csv": csv_file,
    "rows.parquet": parquet,
    "saved": saved,
}
"""Every format and form."""
NESTING = [name for name in WRITERS if name != "rows.csv"]
"""Those in which a field may hold a list."""
TYPED: Mapping[str, Write] = {
    "rows.jsonl": json_lines,
    "rows.json": json_list,
    "rows.parquet": parquet,
    "saved": saved,
}
"""Every format in which a number is no text."""


def opened(path: Path | str, columns: Mapping[str, str] | None = None) -> Source:
    return open_source(str(path), columns, "original")


def turns(row: TrainingRow) -> list[tuple[str, str]]:
    """Who says what, the turn to be learnt last."""
    return [(message.role, message.content) for message in (*row.prompt, *row.completion)]


def answers(path: Path | str) -> list[str]:
    return [row.completion[0].content for row in opened(path).rows]


def refusal(path: Path | str, columns: Mapping[str, str] | None = None, **options: Any) -> str:
    """What is said about data that cannot be used: one line."""
    with pytest.raises(DataError) as error:
        read_source(str(path), columns, options.pop("source", "original"), **options)
    message = str(error.value)
    assert "\n" not in message
    assert len(message) < 700
    return message
