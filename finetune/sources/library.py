"""The `datasets` library kept quiet, and what it says when it fails."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import datasets


def reason(error: Exception) -> str:
    """An error of the library, or of what lies below it, in one short line."""
    cause = error.__cause__ or error
    return " ".join(str(cause).split())[:200] or type(cause).__name__


@contextmanager
def silent() -> Iterator[None]:
    """No bars and no log lines of the libraries: what goes wrong is told once, by the error."""
    loggers = [logging.getLogger(name) for name in ("datasets", "huggingface_hub")]
    levels = [logger.level for logger in loggers]
    bars = not datasets.are_progress_bars_disabled()
    datasets.disable_progress_bars()
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        if bars:
            datasets.enable_progress_bars()
