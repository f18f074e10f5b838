"""What a field of somebody's data may hold: text, or a list of messages."""

from collections.abc import Mapping
from math import isnan
from typing import Any

from bias_tasks.training_rows import DataError, Message, Role


class FieldError(DataError):
    """Something is wrong with a record; whoever knows its number says where."""


ROLES: Mapping[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "gpt": "assistant",
}
"""What a message's author is called, in the chat form and in the ShareGPT form, and what it is to us."""
_FORMS = (("role", "content"), ("from", "value"))


def messages_of(value: Any, field: str) -> list[Message]:
    """The turns of a conversation; what a message has besides its author and its text is left out.

    A message is `{role, content}`, or `{from, value}` as in ShareGPT.

    Raises:
        FieldError: it is no list of messages.
    """
    turns = _turned(value, field) if isinstance(value, dict) else value
    if not isinstance(turns, list) or not turns:
        text_or = "" if field == "messages" else "text or "
        raise FieldError(f"field {field}: expected {text_or}a list of messages{found(value)}")
    return [_message(turn, f"{field}.{place}") for place, turn in enumerate(turns)]


def are_messages(value: Any) -> bool:
    """Whether a value looks like a conversation."""
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict) and _form(first) is not None


def _turned(value: Mapping[str, Any], field: str) -> Any:
    """A mapping of lists as the list of mappings that it was: so tables keep a `Sequence` of mappings."""
    if _form(value) is None or not all(isinstance(column, list) for column in value.values()):
        return value
    if len({len(column) for column in value.values()}) > 1:
        lengths = ", ".join(f"{len(column)} {name}" for name, column in value.items())
        raise FieldError(f"field {field}: expected lists of one length (found {lengths})")
    return [dict(zip(value, turn, strict=True)) for turn in zip(*value.values(), strict=True)]


def _form(value: Mapping[str, Any]) -> tuple[str, str] | None:
    return next((form for form in _FORMS if set(form) <= value.keys()), None)


def _message(value: Any, field: str) -> Message:
    form = _form(value) if isinstance(value, dict) else None
    if form is None:
        raise FieldError(f"field {field}: expected a message with role and content{found(value)}")
    said, content = value[form[0]], _joined(value[form[1]])
    role = ROLES.get(said) if isinstance(said, str) else None
    if role is None:
        raise FieldError(f"field {field}.{form[0]}: expected system, user or assistant{found(said)}")
    text_of(content, f"{field}.{form[1]}")
    return Message(role=role, content=content)


def _joined(content: Any) -> Any:
    """The text of a content in parts, if all of them are text; anything else as it is."""
    if isinstance(content, list) and content and all(_is_text_part(part) for part in content):
        return "".join(part["text"] for part in content)
    return content


def _is_text_part(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str)


def text_of(value: Any, field: str) -> str:
    """Text without the white space around it, which is a matter of the file.

    Raises:
        FieldError: it is no text, empty, or could not be written as UTF-8.
    """
    if not isinstance(value, str):
        raise FieldError(f"field {field}: expected text{found(value)}")
    if not (text := value.strip()):
        raise FieldError(f"field {field}: is empty; expected text")
    if "\0" in text:
        raise FieldError(f"field {field}: holds a null character at {text.index(chr(0))}; expected text")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise FieldError(
            f"field {field}: holds half a character at {error.start} (a lone surrogate); expected text"
        ) from error
    return text


def as_name(value: Any) -> Any:
    """A label's or a group's whole number as text; anything else as it is.

    A column of whole numbers with gaps is one of floats to pandas.
    """
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return str(int(value)) if whole and not isinstance(value, bool) else value


def is_missing(value: Any) -> bool:
    """Whether a field says nothing: null, no text, or the NaN that pandas writes for it."""
    return value is None or value == "" or (isinstance(value, float) and isnan(value))


def found(value: Any) -> str:
    """The end of a line about a wrong value."""
    return f" (found {short(repr(value), 60)})"


def short(text: str, most: int) -> str:
    """A text of so many characters at most: data may be long, a line about them may not."""
    return text if len(text) <= most else f"{text[:most]}..."
