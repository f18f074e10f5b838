"""The table of public test sets, and their rows."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from bias_tasks.authored import read_yaml
from bias_tasks.public.folder import find
from bias_tasks.public.same_text import text_id
from bias_tasks.training_rows import DataError

Answer = Literal["no", "yes"]


class PublicSet(BaseModel):
    """One test set as the table declares it.

    Attributes:
        file: Place in CultureLLM's data folder.
        text: Name of the field with the text.
        labels: The set's own label -> the answer to the task's question.
        source: Where the set was first published.
        licence: As its source states it.
        caution: What a reader of its figures must know.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    culture: str
    file: str
    text: str
    labels: Mapping[str, Answer]
    paper: str
    source: str
    licence: str
    caution: str = ""


class PublicText(NamedTuple):
    """One labelled text.

    Attributes:
        text_id: Of its words (`same_text`): copies in one set, or in two sets, share a cluster.
    """

    set_name: str
    culture: str
    text: str
    text_id: str
    gold: Answer


@cache
def _table() -> Any:
    return read_yaml(__file__, "sets.yaml")


def origin() -> str:
    """Where the files of all sets can be had."""
    return str(_table()["origin"])


def constructs() -> tuple[str, ...]:
    """The classifications that have public sets."""
    return tuple(key for key in _table() if key != "origin")


@cache
def public_sets(construct: str) -> tuple[PublicSet, ...]:
    """The sets of a classification, for example of `hate`."""
    return tuple(PublicSet(name=name, **entry) for name, entry in _table()[construct].items())


def read_set(chosen: PublicSet, data_dir: str | None) -> Iterator[PublicText]:
    """The texts of a set, in the order of its file.

    Raises:
        PublicDataMissing: the file is not where it was looked for.
        DataError: a row has no text or an unknown label.
    """
    path = find(chosen.file, data_dir, get_it_from=f"{origin()} (data/{chosen.file})")
    # Not splitlines, which also splits at line separators inside a text.
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if line.strip():
            yield _read_row(chosen, path, number, line)


def _read_row(chosen: PublicSet, path: Path, number: int, line: str) -> PublicText:
    try:
        row = json.loads(line)
        text, label = str(row[chosen.text]), str(row["label"])
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{path}: row {number}: expected a JSON object with {chosen.text!r} and 'label'"
        ) from error
    if label not in chosen.labels:
        raise DataError(f"{path}: row {number}: label {label!r} is none of {', '.join(chosen.labels)}")
    return PublicText(chosen.name, chosen.culture, text, text_id(text), chosen.labels[label])
