"""Docstrings are plain text with `code`; further marks of reStructuredText are shown as they were written."""

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_CODE = re.compile(r"(`+[^`]+`+)")
_MARKS = re.compile(r"([|*])|(?<=\w)(_)(?!\w)")


def shown_as_written(line: str) -> str:
    """The line with `|`, `*` and a trailing `_` outside of code escaped.

    >>> shown_as_written("|share of `a_` - share_| at most *K*")
    '\\\\|share of `a_` - share\\\\_\\\\| at most \\\\*K\\\\*'
    """
    parts = _CODE.split(line)
    return "".join(part if place % 2 else _MARKS.sub(r"\\\g<0>", part) for place, part in enumerate(parts))


def _escape(app: "Sphinx", what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    lines[:] = map(shown_as_written, lines)
    if what in ("data", "attribute"):
        # Napoleon would take what stands before a colon in the first line for a type.
        lines.insert(0, "")


def setup(app: "Sphinx") -> dict[str, Any]:
    """Called by Sphinx; before napoleon, which adds marks of its own."""
    app.connect("autodoc-process-docstring", _escape, priority=100)
    return {"parallel_read_safe": True}
