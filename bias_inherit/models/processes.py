"""One command on several processes, as `accelerate launch` and `torchrun` start it."""

import os


def is_first() -> bool:
    """Whether this is the first process, or the only one: the one that locks, records and speaks."""
    return os.environ.get("RANK", "0") == "0"


def local_rank() -> int:
    """The place of this process on its machine; 0 for the only one."""
    return int(os.environ.get("LOCAL_RANK", "0"))
