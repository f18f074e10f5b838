"""What a user can do wrong, and what can go wrong around them: one line each, and an exit code."""

import difflib
import errno
from collections.abc import Iterable


class UsageError(Exception):
    """The request itself is wrong: exit code 2."""


class RunError(Exception):
    """The request is fine but could not be carried out: exit code 1."""


def is_out_of_space(error: BaseException) -> bool:
    """Whether an error means a full disk, whichever library raised it.

    Libraries written in Rust and C++ raise types of their own, with the system's words inside.
    """
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return "no space left on device" in str(error).lower()


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a line about an unknown word; empty if nothing is near it."""
    close = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""
