"""Docstrings are plain text with `code`; further marks of reStructuredText are shown as they were written."""

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_CODE = re.compile(r"(`+[^`]+`+)")
_MARKS = re.compile(r"([|*])|(?<=\w)(_)(?!\w)")

_LONGEST_VALUE = 50


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
        _of_values[name] = list(lines)


def _keep(app: "Sphinx", what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    # Napoleon takes what stands before a colon in the first line for a type.
    lines[:] = _of_values.pop(name, lines)


_of_values: dict[str, list[str]] = {}


def _shorten(app: "Sphinx", domain: str, kind: str, content: nodes.Element) -> None:
    """Leave out a value that takes more than half a line; the source has it."""
    if kind not in ("data", "attribute") or content.parent is None:
        return
    for part in list(content.parent.findall(addnodes.desc_annotation)):
        text = part.astext().strip()
        if text.startswith("=") and len(text) > _LONGEST_VALUE:
            part.parent.remove(part)


def setup(app: "Sphinx") -> dict[str, Any]:
    """Called by Sphinx; before napoleon, which adds marks of its own, and behind it."""
    app.connect("autodoc-process-docstring", _escape, priority=100)
    app.connect("autodoc-process-docstring", _keep, priority=900)
    app.connect("object-description-transform", _shorten)
    return {"parallel_read_safe": True}
