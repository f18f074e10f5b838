"""Records of text files: JSON lines, a JSON list, CSV. Every record keeps its number.

Not by the `datasets` library: it infers one type for each column (a label `NA` becomes nothing, a number
among texts stops it without a row number), and a user needs to be told which row is wrong.
"""

import csv
import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from bias_tasks.training_rows import DataError
from finetune.sources.addresses import File


def read_file(file: File) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Records with their numbers: of JSON lines the line, else the place in the list or below the header.

    Raises:
        DataError: the file cannot be read, or a record is broken.
    """
    try:
        yield from (_csv if file.path.suffix.lower() == ".csv" else _json)(file)
    except OSError as error:
        raise DataError(f"{file.text}: {error.strerror}; expected a file that can be read") from None


def _json(file: File) -> Iterator[tuple[int, Mapping[str, Any]]]:
    with file.path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
                if line.lstrip().startswith(b"["):
                    yield from _json_list(file)
                    return
            if line.strip():
                yield number, _object(_loads(line, f"{file.text}: row {number}"), file, number)


def _json_list(file: File) -> Iterator[tuple[int, Mapping[str, Any]]]:
    listed = _loads(file.path.read_bytes().removeprefix(b"\xef\xbb\xbf"), file.text)
    for number, value in enumerate(listed, start=1):
        yield number, _object(value, file, number)


def _object(value: Any, file: File, number: int) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise DataError(f"{file.text}: row {number}: expected an object with named fields")
    return value


def _loads(content: bytes, where: str) -> Any:
    try:
        return json.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise DataError(f"{where}: byte {error.start} is not UTF-8; expected UTF-8 JSON") from None
    except json.JSONDecodeError as error:
        at = f"line {error.lineno} column {error.colno}" if error.lineno > 1 else f"column {error.colno}"
        raise DataError(f"{where}: not valid JSON ({error.msg} at {at})") from None
    except (ValueError, RecursionError):  # a number of thousands of digits; thousands of brackets
        raise DataError(f"{where}: JSON with too long a number or too deep a nesting") from None


def _csv(file: File) -> Iterator[tuple[int, Mapping[str, Any]]]:
    csv.field_size_limit(sys.maxsize)
    number = 0
    try:
        with file.path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            header = list(reader.fieldnames or ())
            if twice := {name for name in header if header.count(name) > 1}:
                raise DataError(f"{file.text}: the header names {sorted(twice)[0]!r} twice")
            for number, fields in enumerate(reader, start=1):
                if None in fields or None in fields.values():
                    place = f"row {number} (to line {reader.line_num})"
                    raise DataError(f"{file.text}: {place}: expected {len(header)} fields, as in the header")
                yield number, fields
    except UnicodeDecodeError:
        raise DataError(f"{file.text}: not UTF-8 after row {number}; expected UTF-8 CSV") from None
    except csv.Error as error:
        raise DataError(f"{file.text}: row {number + 1}: not valid CSV ({error})") from None
