"""From a record of somebody's data to a row of the contract: which columns are read, and what they hold."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal, NamedTuple

from pydantic import ValidationError

from bias_tasks.did_you_mean import did_you_mean
from bias_tasks.population import population
from bias_tasks.training_rows import DataError, Message, TrainingRow
from finetune.sources.values import (
    FieldError,
    are_messages,
    as_name,
    found,
    is_missing,
    messages_of,
    short,
    text_of,
)

RowSource = Literal["original", "augmented"]
LayoutName = Literal["prompt and completion", "messages", "text and label", "instruction and output"]

LAYOUTS: Mapping[LayoutName, tuple[str, ...]] = {
    "prompt and completion": ("prompt", "completion"),
    "messages": ("messages",),
    "text and label": ("text", "label"),
    "instruction and output": ("instruction", "output"),
}
"""The fields that a layout needs; the first of each tells it from the others."""
PROVENANCE = ("label", "domain", "group", "bias_type", "cluster", "generator", "prompt_hash", "seed")
FIELDS = tuple(
    dict.fromkeys([*(field for fields in LAYOUTS.values() for field in fields), "input", *PROVENANCE])
)
_ALSO_CALLED = {"messages": ("conversations", "conversation")}
"""Other names of a column that are as well known (ShareGPT)."""
OCCUPATION = "occupation"
"""The question that asks as the benchmark's own occupation task does."""

_EXPECTED = "expected prompt and completion, messages, text and label, or instruction and output"
_WHOLE_NUMBERS = ("bias_type", "seed")


class _Turns(NamedTuple):
    prompt: list[Message]
    completion: Message
    label: str | None


@dataclass(frozen=True)
class Reading:
    """How the records of one source become rows.

    Attributes:
        columns: Our field -> the data's column.
        named: Fields whose column was named, and so must be somewhere in the data.
    """

    layout: LayoutName
    columns: Mapping[str, str]
    named: Collection[str]
    source: RowSource | None
    question: str | None

    def row(self, record: Mapping[str, Any]) -> TrainingRow:
        """One row.

        Raises:
            FieldError: which field is wrong, and what was expected.
        """
        turns = self._turns(record)
        provenance = {
            field: value for field in PROVENANCE if (value := self._provenance(record, field)) is not None
        }
        if turns.label is not None:
            provenance["label"] = turns.label
        try:
            return TrainingRow(
                prompt=tuple(turns.prompt),
                completion=(turns.completion,),
                source=self._source(record),
                **provenance,
            )
        except ValidationError as error:
            first = error.errors()[0]
            message = first["msg"][0].lower() + first["msg"][1:]
            raise FieldError(f"field {first['loc'][0]}: {message}{found(first['input'])}") from error

    def check_columns(self, seen: Collection[str], where: str) -> None:
        """Refuse a column that was named and that no record has.

        Raises:
            DataError: the field and its column.
        """
        for field in self.named:
            if (column := self.columns[field]) not in seen:
                raise DataError(f"{where}: field {field}: {_no_column(column, seen)}")

    def _turns(self, record: Mapping[str, Any]) -> _Turns:
        values = [self._needed(record, field) for field in LAYOUTS[self.layout]]
        if self.layout == "messages":
            return _conversation(values[0])
        if self.layout == "text and label":
            text, label = text_of(values[0], "text"), text_of(as_name(values[1]), "label")
            return _labelled(text, label, self.question)
        if self.layout == "instruction and output":
            return self._instructed(record, *values)
        return _Turns(_prompt(values[0]), _completion(values[1]), None)

    def _instructed(self, record: Mapping[str, Any], instruction: Any, output: Any) -> _Turns:
        """As Alpaca: an instruction, and below it the input where there is one."""
        asked = text_of(instruction, "instruction")
        if not is_missing(given := record.get(self.columns["input"])):
            asked = f"{asked}\n\n{text_of(given, 'input')}"
        return _Turns([Message(role="user", content=asked)], _said(text_of(output, "output")), None)

    def _needed(self, record: Mapping[str, Any], field: str) -> Any:
        column = self.columns[field]
        if column not in record:
            raise FieldError(f"field {field}: {_no_column(column, record)}")
        return record[column]

    def _provenance(self, record: Mapping[str, Any], field: str) -> Any:
        value = record.get(self.columns[field]) if field in self.columns else None
        if is_missing(value):
            return None
        if field in _WHOLE_NUMBERS:
            if isinstance(value, int) and value.bit_length() > 63:
                raise FieldError(f"field {field}: expected a number of 64 bits{found(value)}")
            return value
        return text_of(as_name(value), field)

    def _source(self, record: Mapping[str, Any]) -> RowSource:
        # Other data may have a column of this name that means something else: only our two words count.
        stated = record.get("source")
        known: RowSource | None = stated if stated in ("original", "augmented") else None
        if self.source and known and known != self.source:
            raise FieldError(f"field source: the row says {known}; expected {self.source} rows here")
        return self.source or known or "original"


def check_question(question: str | None) -> None:
    """
    Raises:
        DataError: there is no place for the text in it.
    """
    if question is not None and question != OCCUPATION and "{text}" not in question:
        raise DataError(f"question: expected {{text}} in it, or the word {OCCUPATION}{found(question)}")


def check_fields(columns: Mapping[str, str]) -> None:
    """
    Raises:
        DataError: a column is named for a field that the contract does not have, or for two layouts.
    """
    for field in columns:
        if field not in FIELDS:
            hint = did_you_mean(field, FIELDS) or f"; expected one of: {', '.join(FIELDS)}"
            raise DataError(f"columns: unknown field {field}{hint}")
    if len(_layouts_of(columns)) > 1:
        raise DataError(f"columns: {', '.join(columns)} are named together; {_EXPECTED}")


def reading(
    first: Mapping[str, Any],
    columns: Mapping[str, str] | None,
    source: RowSource | None,
    question: str | None,
) -> Reading:
    """How to read a source, by its first record and what the user said.

    Raises:
        FieldError: the columns are those of no layout.
    """
    named = dict(columns or {})
    called = {field: _called(field, first) for field in FIELDS} | named
    layout = _layout(named, called, first)
    ours = (*LAYOUTS[layout], *(("input",) if layout == "instruction and output" else ()))
    read = {field: called[field] for field in (ours if columns else (*ours, *PROVENANCE))}
    return Reading(layout, read | named, tuple(named), source, question)


def _called(field: str, first: Mapping[str, Any]) -> str:
    """The column of a field that was not named."""
    others = _ALSO_CALLED.get(field, ())
    return next((column for column in (field, *others) if column in first), field)


def _layouts_of(named: Collection[str]) -> list[LayoutName]:
    """Layouts that fields belong to; `label` alone may be provenance, so it tells nothing."""
    return [name for name, fields in LAYOUTS.items() if (set(fields) - {"label"}) & set(named)]


def _layout(named: Mapping[str, str], called: Mapping[str, str], first: Mapping[str, Any]) -> LayoutName:
    if stated := _layouts_of(named):
        return stated[0]
    for name, fields in LAYOUTS.items():
        if all(called[field] in first for field in fields):
            return name
    guess = _guess(first)
    remedy = f"did you mean {guess}?" if guess else "name other columns as prompt=COLUMN and so on"
    raise FieldError(f"the columns are {_listed(first)}; {_EXPECTED}; {remedy}")


def _guess(first: Mapping[str, Any]) -> str | None:
    """One field and the column that it may be: by what the column holds, else by its name."""
    for column, value in first.items():
        if are_messages(value):
            return f"messages={column}"
    ours = [field for fields in LAYOUTS.values() for field in fields]
    close = ((field, get_close_matches(field, [*map(str, first)], n=1)) for field in ours)
    return next((f"{field}={match[0]}" for field, match in close if match and match[0] != field), None)


def _conversation(value: Any) -> _Turns:
    turns = messages_of(value, "messages")
    *prompt, completion = turns
    if completion.role != "assistant":
        raise FieldError(
            f"field messages.{len(prompt)}: the last turn is of the {completion.role}; "
            "expected one of the assistant, which is learnt"
        )
    if not prompt:
        raise FieldError("field messages: nothing before the assistant's turn; expected a question")
    return _Turns(prompt, completion, None)


def _labelled(text: str, label: str, question: str | None) -> _Turns:
    key = None
    if question == OCCUPATION:
        occupations = population().occupations
        key = label.lower().replace(" ", "_")
        if key not in occupations:
            raise FieldError(
                f"field label: expected one of the occupations: {', '.join(occupations)}{found(label)}"
            )
        prompt, answer = population().ask_occupation(text), occupations[key].label
    else:
        prompt, answer = (question or "{text}").replace("{text}", text), label
    return _Turns([Message(role="user", content=prompt)], _said(answer), key or label)


def _prompt(value: Any) -> list[Message]:
    if isinstance(value, str):
        return [Message(role="user", content=text_of(value, "prompt"))]
    return messages_of(value, "prompt")


def _completion(value: Any) -> Message:
    if isinstance(value, str):
        return _said(text_of(value, "completion"))
    turns = messages_of(value, "completion")
    if [turn.role for turn in turns] != ["assistant"]:
        roles = ", ".join(turn.role for turn in turns)
        raise FieldError(f"field completion: expected one turn of the assistant (found turns of: {roles})")
    return turns[0]


def _said(text: str) -> Message:
    return Message(role="assistant", content=text)


def _no_column(column: str, columns: Collection[str]) -> str:
    hint = did_you_mean(column, columns) or f"; the columns are {_listed(columns)}"
    return f"no column {column}{hint}"


def _listed(columns: Collection[str]) -> str:
    return short(", ".join(map(str, columns)), 200) or "none"
