"""Where converted models are kept, and how one comes there: made once, whole or not at all."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from bias_inherit.kit.files import PART
from bias_inherit.kit.locks import exclusively

_AN_HOUR = 3600.0


def cache_folder() -> Path:
    """Where converted models are kept: `BIAS_INHERIT_CACHE`, or `bias-inherit` in the user's cache folder."""
    if chosen := os.environ.get("BIAS_INHERIT_CACHE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bias-inherit"


def is_converted(folder: Path) -> bool:
    """Whether a conversion lies in its folder; it is never there in part."""
    return (folder / "config.json").is_file()


def made_once(folder: Path, convert: Callable[[Path], None]) -> None:
    """Have a folder of the cache filled, unless it is there.

    Of several processes that want it at once one converts and the others wait for it. What a process that
    was killed left behind is removed.

    Args:
        convert: Fills the folder that it is given.

    Raises:
        RunError: another process has been converting it for an hour.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = folder.with_name(f".{folder.name}.lock")
    with exclusively(lock, f"another process is converting {folder}; wait for it", patience=_AN_HOUR):
        if is_converted(folder):
            return
        beside = folder.with_name(f"{folder.name}{PART}")
        shutil.rmtree(beside, ignore_errors=True)
        try:
            convert(beside)
            beside.rename(folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    lock.unlink(missing_ok=True)
