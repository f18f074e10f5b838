"""Keeping two processes from writing to one place."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bias_inherit.kit.errors import RunError

_BETWEEN_TRIES = 0.05


@contextmanager
def exclusively(lock_file: Path, refusal: str, patience: float = 0.0) -> Iterator[None]:
    """Hold a lock; the system lets go when the process ends, however it ends.

    Args:
        refusal: What to say if somebody else holds it.
        patience: Seconds to wait for somebody else to let go.

    Raises:
        RunError: another process holds it.
    """
    give_up = time.monotonic() + patience
    with lock_file.open("a+") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= give_up:
                    raise RunError(refusal) from error
                time.sleep(_BETWEEN_TRIES)
        yield


def is_held(lock_file: Path) -> bool:
    """Whether a process holds a lock; works in a read-only folder."""
    if not lock_file.exists():
        return False
    with lock_file.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
