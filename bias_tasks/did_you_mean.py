"""The known word that a wrong one comes near, for the end of an error line."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[object]) -> str:
    """The end of a line about an unknown word; empty if nothing is near it, nor ends with it (`hate`)."""
    names = [*map(str, known)]
    close = get_close_matches(word, names, n=1) or [name for name in names if name.endswith(f"_{word}")]
    return f"; did you mean {close[0]}?" if close else ""
