"""Keeping two processes from writing to one place."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bias_inherit.errors import RunError


@contextmanager
def exclusively(lock_file: Path, refusal: str) -> Iterator[None]:
    """Hold a lock; the system lets go when the process ends, however it ends.

    Args:
        refusal: What to say if somebody else holds it.

    Raises:
        RunError: another process holds it.
    """
    with lock_file.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(refusal) from None
        yield
