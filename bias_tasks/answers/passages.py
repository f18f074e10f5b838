"""Where in a generated answer its statement is looked for."""

import re
from collections.abc import Callable, Iterator
from typing import TypeVar

Read = TypeVar("Read")

_LEAD = re.compile(r"\W*(?:final\s+)?(?:answer|response)\b\W*(?:is\b\W*)?", re.I)


def first_reading(answer: str, read: Callable[[str], Read | None]) -> Read | None:
    """What the first line says, or, if that says nothing, what the whole answer says.

    An explanation that follows the statement may name what was not chosen; it is read only when the
    first line decides nothing.
    """
    return next((found for passage in _passages(answer) if (found := read(passage)) is not None), None)


def without_lead(passage: str) -> str:
    """The passage without an opening `Answer:`, quotation marks and Markdown."""
    lead = _LEAD.match(passage)
    return passage[lead.end() :] if lead else passage.lstrip("*_\"'“‘`([{ \t\n-–—>#:")


def _passages(answer: str) -> Iterator[str]:
    whole = answer.strip()
    first_line = whole.partition("\n")[0]
    yield first_line
    if first_line != whole:
        yield whole
