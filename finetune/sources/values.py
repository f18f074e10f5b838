"""What a field of somebody's data may hold: text, or a list of messages."""

from typing import Any

from bias_tasks.training_rows import DataError, Message


class FieldError(DataError):
    """Something is wrong with a record; whoever knows its number says where."""


def messages_of(value: Any, field: str) -> list[Message]:
    """The turns of a conversation; what a message has besides role and content is left out.

    Raises:
        FieldError: it is no list of messages.
    """
    if not isinstance(value, list) or not value:
        text_or = "" if field == "messages" else "text or "
        raise FieldError(f"field {field}: expected {text_or}a list of messages{found(value)}")
    return [_message(turn, f"{field}.{place}") for place, turn in enumerate(value)]


def _message(value: Any, field: str) -> Message:
    if not isinstance(value, dict) or not {"role", "content"} <= value.keys():
        raise FieldError(f"field {field}: expected a message with role and content{found(value)}")
    role, content = value["role"], value["content"]
    if role not in ("system", "user", "assistant"):
        raise FieldError(f"field {field}.role: expected system, user or assistant{found(role)}")
    text_of(content, f"{field}.content")
    return Message(role=role, content=content)


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
        ) from None
    return text


def as_name(value: Any) -> Any:
    """A label's or a group's number as text; anything else as it is."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def found(value: Any) -> str:
    """The end of a line about a wrong value."""
    return f" (found {short(repr(value), 60)})"


def short(text: str, most: int) -> str:
    """A text of so many characters at most: data may be long, a line about them may not."""
    return text if len(text) <= most else f"{text[:most]}..."
