"""The known word that a wrong one comes near, for the end of an error line."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[object]) -> str:
    """The end of a line about an unknown word; empty if nothing is near it."""
    close = get_close_matches(word, [*map(str, known)], n=1)
    return f"; did you mean {close[0]}?" if close else ""
