"""Records of text files: JSON lines, a JSON list, CSV. Every record keeps its place.

Not by the `datasets` library: it infers one type for each column (a label `NA` becomes nothing, a number
among texts stops it without a row number), and a user needs to be told which row is wrong.
"""

import csv
import gzip
import json
import re
import sys
import zlib
from collections.abc import Iterator, Mapping
from io import TextIOWrapper
from typing import Any, BinaryIO, cast

from bias_tasks.training_rows import DataError
from finetune.sources.addresses import File

_BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_OTHERS = {
    b"version https://git-lfs": "a pointer of Git LFS, not the data; fetch them with git lfs pull",
    b"PAR1": "a Parquet file; expected its name to end in .parquet",
    b"\x28\xb5\x2f\xfd": "packed with zstd; expected it unpacked or packed with gzip",
    b"BZh": "packed with bzip2; expected it unpacked or packed with gzip",
    b"\xfd7zXZ": "packed with xz; expected it unpacked or packed with gzip",
    b"PK\x03\x04": "a ZIP archive or a spreadsheet; expected text, plain or packed with gzip",
}
"""How files of other kinds begin, and what is said of them."""
_SEPARATORS = (",", ";", "\t", "|")
_SAID_SEPARATOR = re.compile(r"sep=(?P<separator>.)")


def read_file(file: File) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Records with their places: of JSON lines the line, else the place in the list or below the header.

    Raises:
        DataError: the file cannot be read, or a record is broken.
    """
    try:
        with _opened(file) as stream:
            yield from (_csv if file.suffix in (".csv", ".tsv") else _json)(file, stream)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{file.text}: not valid gzip ({error})") from error
    except OSError as error:
        raise DataError(f"{file.text}: {error.strerror}; expected a file that can be read") from error


def refuse_other_kinds(file: File, start: bytes) -> None:
    """
    Args:
        start: The first bytes of the file.

    Raises:
        DataError: they are those of a file of another kind.
    """
    for mark, what in _OTHERS.items():
        if start.startswith(mark):
            raise DataError(f"{file.text}: this is {what}")


def _opened(file: File) -> BinaryIO:
    with file.path.open("rb") as stream:
        start = stream.read(32)
    if start.startswith(_GZIP):
        return cast("BinaryIO", gzip.open(file.path))
    refuse_other_kinds(file, start)
    return file.path.open("rb")


def _json(file: File, stream: BinaryIO) -> Iterator[tuple[str, Mapping[str, Any]]]:
    begun = False
    for number, line in enumerate(stream, start=1):
        if not (line := line.removeprefix(_BOM) if number == 1 else line).strip():
            continue
        if not begun and line.lstrip().startswith(b"["):
            yield from _json_list(file, line + stream.read(), number)
            return
        if not begun and line.strip() == b"{":
            raise DataError(f"{file.text}: {_about_an_object(line + stream.read())}")
        begun = True
        where = f"{file.text}: row {number}"
        yield where, _object(_loads(line, where), where)


def _json_list(file: File, content: bytes, first: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, value in enumerate(_loads(content, file.text, first), start=1):
        where = f"{file.text}: row {number}"
        yield where, _object(value, where)


def _about_an_object(content: bytes) -> str:
    """What is said of rows inside one object, or over several lines."""
    expected = "expected a list of rows, or every row on a line of its own"
    try:
        whole = json.loads(content)
    except ValueError:
        return f"row 1 goes over several lines; {expected} (jq -c . FILE writes it so)"
    lists = [key for key, value in whole.items() if isinstance(value, list)]
    of_lists = f" (jq -c '.{lists[0]}[]' FILE writes it so)" if lists else ""
    return f"one object with {', '.join(whole)} goes over several lines; {expected}{of_lists}"


def _object(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise DataError(f"{where}: expected an object with named fields")
    return value


def _loads(content: bytes, where: str, first: int = 1) -> Any:
    try:
        return json.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise DataError(f"{where}: byte {error.start} is not UTF-8; expected UTF-8 JSON") from error
    except json.JSONDecodeError as error:
        line = error.lineno + first - 1
        at = f"line {line} column {error.colno}" if line > 1 else f"column {error.colno}"
        raise DataError(f"{where}: not valid JSON ({error.msg} at {at})") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; thousands of brackets
        raise DataError(f"{where}: JSON with too long a number or too deep a nesting") from error


def _csv(file: File, stream: BinaryIO) -> Iterator[tuple[str, Mapping[str, Any]]]:
    csv.field_size_limit(sys.maxsize)
    number = 0
    try:
        with TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
            above, line, separator = _header_line(text, file.suffix)
            reader = csv.reader(_put_back(line, text), delimiter=separator, strict=True)
            header = next(reader, [])
            if twice := {name for name in header if header.count(name) > 1}:
                raise DataError(f"{file.text}: the header names {sorted(twice)[0]!r} twice")
            for number, fields in enumerate(filter(None, reader), start=1):
                where = f"{file.text}: row {number}"
                if len(fields) != len(header):
                    lines = f"to line {above + reader.line_num}"
                    raise DataError(f"{where} ({lines}): expected {len(header)} fields, as in the header")
                yield where, dict(zip(header, fields, strict=True))
    except UnicodeDecodeError as error:
        raise DataError(f"{file.text}: not UTF-8 after row {number}; expected UTF-8 CSV") from error
    except csv.Error as error:
        raise DataError(f"{file.text}: row {number + 1}: not valid CSV ({error})") from error


def _header_line(text: TextIOWrapper, suffix: str) -> tuple[int, str, str]:
    """How many lines stand above the header, its first line, and what separates its fields.

    Excel says the separator in a line of its own (`sep=;`); else it is the first that splits the header.
    """
    said = None
    for above, line in enumerate(text):
        if match := _SAID_SEPARATOR.fullmatch(line.rstrip("\r\n")):
            said = match["separator"]
        elif line.strip():
            return above, line, said or _separator(line, suffix)
    return 0, "", ","


def _separator(line: str, suffix: str) -> str:
    marks = ("\t", *_SEPARATORS) if suffix == ".tsv" else _SEPARATORS
    splitting = (mark for mark in marks if len(next(csv.reader([line], delimiter=mark))) > 1)
    return next(splitting, ",")


def _put_back(line: str, rest: Iterator[str]) -> Iterator[str]:
    if line:
        yield line
    yield from rest
