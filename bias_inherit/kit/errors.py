"""What a user can do wrong, and what can go wrong around them: one line each, and an exit code."""

import errno


class UsageError(Exception):
    """The request itself is wrong: exit code 2."""


class RunError(Exception):
    """The request is fine but could not be carried out: exit code 1."""


def with_reason(error: BaseException) -> str:
    """The first line of what an exception says, and the next where the first only announces it.

    Such as torch's `Error(s) in loading state_dict for ...:`, with one line for each weight below. Of an
    exception without words the name of its type.
    """
    first, *others = str(error).strip().splitlines() or [type(error).__name__]
    if not (first.endswith(":") and others):
        return first
    more = f" (and {len(others) - 1} more)" if len(others) > 1 else ""
    return f"{first} {others[0].strip()}{more}"


def type_and_reason(error: BaseException) -> str:
    """For an exception that nobody here foresaw: its type, and the reason if it says one."""
    name, line = type(error).__name__, with_reason(error)
    return name if line == name else f"{name}: {line}"


def is_out_of_space(error: BaseException) -> bool:
    """Whether an error means a full disk, whichever library raised it.

    Libraries written in Rust and C++ raise types of their own, with the system's words inside.
    """
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return "no space left on device" in str(error).lower()


_OF_THE_MACHINE = (errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ESTALE, errno.EMFILE)


def trouble_of_the_machine(error: BaseException) -> str | None:
    """What is wrong with the disk or its rights, in one line; None if the error is of another kind.

    Such an error meets every step alike, so that nothing is gained by going on with the next.
    """
    if is_out_of_space(error):
        return "no space left on the device; free some and run the same command again: it goes on"
    if isinstance(error, OSError) and error.errno in _OF_THE_MACHINE:
        return f"{error.filename or 'the run folder'}: {error.strerror}"
    return None
