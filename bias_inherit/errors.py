"""What a user can do wrong, and what can go wrong around them: one line each, and an exit code."""

import errno


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
