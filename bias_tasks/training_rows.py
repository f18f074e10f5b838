"""The rows that pass between augment, finetune and a user's own data: the one data contract.

JSON lines in the chat "prompt-completion" layout that TRL documents, plus provenance. A row needs
`prompt` and `completion`; everything else says where it came from.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class DataError(ValueError):
    """Data are missing, malformed or not enough. One line: where, what, and what was expected."""


Role = Literal["system", "user", "assistant"]


class Message(BaseModel):
    """One turn of a conversation."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Role
    content: str = Field(min_length=1)


LAST_BIAS_TYPE = 6
BiasTypeNumber = Annotated[int, Field(ge=0, le=LAST_BIAS_TYPE)]
"""Of the prompt that a row was asked for with; 0 is the neutral one. What each is: `augment.bias_types`."""


class TrainingRow(BaseModel):
    """One example to fine-tune on, with its provenance.

    Attributes:
        prompt: The conversation up to the answer.
        completion: The answer, one turn, the only part that the loss sees.
        source: Whether a person or a generator wrote it.
        bias_type: Number of the prompt, 0 for the neutral one; None where no prompt was involved.
        label: The right answer as a key of the population.
        cluster: What the row must stay together with in any statistic.
        generator: The model that wrote the text.
        prompt_hash: Hash of the prompt that asked for the text.
        elicitation: How the text was had from the generator where it was not written freely in answer to one
            prompt: `turns` or `options` (`augment.exchanges`).
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    prompt: tuple[Message, ...] = Field(min_length=1)
    completion: tuple[Message, ...] = Field(min_length=1, max_length=1)
    source: Literal["original", "augmented"] = "original"
    domain: str | None = None
    group: str | None = None
    bias_type: BiasTypeNumber | None = None
    label: str | None = None
    cluster: str | None = None
    generator: str | None = None
    prompt_hash: str | None = None
    seed: int | None = None
    elicitation: str | None = None

    @property
    def text_id(self) -> str:
        """Content hash of prompt and completion."""
        messages = [[m.role, m.content] for m in (*self.prompt, *self.completion)]
        return short_hash(messages)


def short_hash(value: object) -> str:
    """First 16 hex digits of the SHA-256 of a JSON value."""
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()[:16]


def dump_rows(rows: Iterable[TrainingRow]) -> str:
    """Rows as JSON lines, each with its `text_id`."""
    return "".join(
        json.dumps({**_fields(row), "text_id": row.text_id}, ensure_ascii=False) + "\n" for row in rows
    )


def _fields(row: TrainingRow) -> dict[str, Any]:
    """Without `elicitation` where there is nothing to say of it: rows are hashed as they are written."""
    return row.model_dump(mode="json", exclude=None if row.elicitation else {"elicitation"})


def read_rows(path: Path) -> list[TrainingRow]:
    """Rows of a JSON lines file.

    Raises:
        DataError: the file cannot be read, is empty, or a row does not keep the contract.
    """
    try:
        # Not splitlines: it also breaks at characters that JSON leaves inside a string.
        lines = path.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file; expected JSON lines with prompt and completion") from error
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}; expected a JSON lines file") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: byte {error.start} is not UTF-8; expected UTF-8 JSON lines") from error
    rows = [_read_row(path, number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not rows:
        raise DataError(f"{path}: no rows; expected JSON lines with prompt and completion")
    return rows


def _read_row(path: Path, number: int, line: str) -> TrainingRow:
    try:
        fields = json.loads(line)
    except json.JSONDecodeError as error:
        raise DataError(
            f"{path}: row {number}: not valid JSON ({error.msg} at column {error.colno})"
        ) from error
    try:
        return TrainingRow.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "row"
        raise DataError(f"{path}: row {number}: field {field}: {first['msg']}") from error
