"""Patterns of words out of the data files beside."""

import re
from collections.abc import Iterable


def any_of(words: Iterable[str]) -> str:
    """Pattern of one of the words, the longest first; letters are a word of their own, but for Chinese."""
    longest_first = sorted(set(words), key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(map(_whole, longest_first))})"


def only(words: Iterable[str], signs: str = "") -> str:
    """Pattern of a stretch that holds nothing but these words, spaces and signs."""
    return rf"(?:[ {signs}]|{any_of(words)})*"


def _whole(word: str) -> str:
    spaced = word[0] < "\u3000"
    before = r"(?<![^\W\d_])" if word[0].isalpha() and spaced else ""
    return before + re.escape(word) + (r"(?![^\W\d_])" if word[-1].isalpha() and spaced else "")
