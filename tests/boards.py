"""Boards built as the command builds them."""

from pathlib import Path
from typing import NamedTuple

from bias_inherit.board.build import make_board, write_board
from bias_inherit.board.reading.gather import gather

HOSTILE_NAMES = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "../../../escaped",
    "\x1b[31mred\u202e",
    "=HYPERLINK(1)",
    "{{ 7 * 7 }}",
    "a" * 5000,
    "CON",
    "..",
)
"""Of models that mean no good."""

NOW = 1767323045.5


class Made(NamedTuple):
    """A board in a folder."""

    folder: Path
    problems: list[str]

    @property
    def url(self) -> str:
        """Of its page, on the disk."""
        return (self.folder / "index.html").as_uri()


def make(results: Path, out: Path, with_samples: bool = True) -> Made:
    """Build a board as the command does."""
    read = gather([results], out, with_samples, lambda *_: None)
    board = make_board("Test <b>board</b>", read.runs, read.problems)
    write_board(board, out, NOW)
    return Made(out, board.problems)
