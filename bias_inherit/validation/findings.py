"""What a check found: one line for each thing that was checked."""

import textwrap
from collections.abc import Collection, Iterable
from typing import Literal, NamedTuple

from bias_inherit.kit.errors import RunError, UsageError
from bias_tasks.did_you_mean import did_you_mean
from bias_tasks.training_rows import DataError


class Finding(NamedTuple):
    """One line of the answer.

    Attributes:
        name: A task, a group, or a file.
        detail: What was seen; for a failure, what is wrong.
    """

    status: Literal["ok", "skipped", "failed"]
    name: str
    detail: str

    def __str__(self) -> str:
        return f"{self.status:<7}  {self.name}  {self.detail}"


def ok(name: str, detail: str) -> Finding:
    return Finding("ok", name, detail)


def skipped(name: str, reason: str) -> Finding:
    return Finding("skipped", name, reason)


def failed(name: str, *problems: str) -> Finding:
    """The first problem, and how many more there are."""
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return Finding("failed", name, problems[0] + more)


def unknown_keys(found: Iterable[str], known: Collection[str]) -> list[str]:
    """A line for each key that is none of the known ones."""
    return [f"unknown key {key}{did_you_mean(str(key), known)}" for key in found if key not in known]


def in_one_line(error: BaseException) -> str:
    """An error, and its cause if it is not one of ours, which say all themselves.

    The harness wraps errors and often keeps what matters in the cause.
    """
    text = f"{type(error).__name__}: {error}"
    ours = isinstance(error, (DataError, RunError, UsageError))
    if not ours and error.__cause__ is not None and str(error.__cause__) not in text:
        text += f" ({error.__cause__})"
    return textwrap.shorten(text, width=400, placeholder=" ...")
