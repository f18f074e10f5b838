"""What the command line prints, and how it fails."""

import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn, Protocol

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from bias_inherit.kit.errors import RunError, UsageError, trouble_of_the_machine
from bias_tasks.training_rows import DataError

WIDTH_WITHOUT_TERMINAL = 120
"""Columns of an answer that goes into a file or a pipe, unless the environment's COLUMNS says otherwise."""

# A name may hold `:train:`, which is no emoji.
console = Console(emoji=False)
errors = Console(stderr=True, emoji=False)
if not console.is_terminal and "COLUMNS" not in os.environ:
    console.width = WIDTH_WITHOUT_TERMINAL

DEBUG = "BIAS_INHERIT_DEBUG"
"""Environment variable, so that processes started from here know too: 1 shows what lies behind an error."""


@contextmanager
def clear_errors() -> Iterator[None]:
    """One line instead of a traceback for what a user or the machine got wrong.

    With `DEBUG` the traceback stands before the line, from the first cause on. Exit codes: 2 for a wrong
    request, 1 for a failure, 130 for Ctrl-C.
    """
    try:
        yield
    except (UsageError, DataError) as error:
        _show_causes(error)
        _fail(str(error), 2)
    except RunError as error:
        _show_causes(error)
        _fail(str(error), 1)
    except KeyboardInterrupt:
        _fail("interrupted; what was finished is kept, the same command goes on from there", 130)
    except Exception as error:
        if trouble := trouble_of_the_machine(error):
            _show_causes(error)
            _fail(trouble, 1)
        if isinstance(error, OSError) and error.filename:
            _show_causes(error)
            _fail(f"{error.filename}: {error.strerror}", 1)
        raise


def _show_causes(error: Exception) -> None:
    if os.environ.get(DEBUG) == "1":
        tell("".join(traceback.format_exception(error)).rstrip())


def _fail(message: str, code: int) -> NoReturn:
    errors.print(f"error: {message}", style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(code)


def say(message: str) -> None:
    """A line of the answer."""
    console.print(message, soft_wrap=True, markup=False, highlight=False)


def tell(message: str) -> None:
    """A line about what goes on; on the error stream, so that an answer can be used in a shell."""
    errors.print(message, soft_wrap=True, markup=False, highlight=False)


class Bar(Protocol):
    """Told how far something is, and optionally what it is now about."""

    def __call__(self, done: int, total: int, title: str | None = None) -> None: ...


@contextmanager
def progress(title: str, where: Console = errors) -> Iterator[Bar]:
    """A bar that goes away when it is done; nothing where there is no terminal."""
    if not where.is_terminal:
        yield lambda done, total, title=None: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=where, transient=True) as shown:
        task = shown.add_task(title, total=None)

        def update(done: int, total: int, title: str | None = None) -> None:
            shown.update(task, completed=done, total=total, description=title)

        yield update
