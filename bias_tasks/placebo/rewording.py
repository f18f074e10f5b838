"""Exchanging a given number of words for others of the same meaning."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from bias_tasks.authored import read_yaml

_TOKEN = re.compile(r"\[[^\]]*\]|[^\W\d_]+(?:[-'’][^\W\d_]+)*")
"""A mark of gender, which is never touched, or a word."""


class EqualWords(BaseModel):
    """What a word can be exchanged for, as `equal_words.yaml` has it; all keys in lower case.

    Attributes:
        never_beside: Words beside which nothing is exchanged, as nothing is beside a number.
        words: Word -> other word.
        numbers: Word -> figures.
        fillers: The same, for where words and numbers are not enough; not at the beginning of a sentence.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    never_beside: frozenset[str]
    words: Mapping[str, str]
    numbers: Mapping[str, str]
    fillers: Mapping[str, str]

    def other(self, word: str) -> str | None:
        """What a word or number can be exchanged for, in the same case; None if there is nothing."""
        found = self.words.get(word.lower()) or self.numbers.get(word.lower())
        return found[0].upper() + found[1:] if found and word[0].isupper() else found


@lru_cache(maxsize=1)
def equal_words() -> EqualWords:
    """The list that the package ships."""
    return EqualWords.model_validate(read_yaml(__file__, "equal_words.yaml"))


class Exchange(NamedTuple):
    """One word of a text, by its place, and what it is exchanged for."""

    start: int
    end: int
    other: str


def exchanges(text: str, count: int, words: EqualWords) -> list[Exchange]:
    """`count` words of a text that can be exchanged, spread evenly over it; fewer if it has no more.

    Args:
        text: A text in which words that depend on gender may be marked `[female|male]`.
    """
    tokens = list(_TOKEN.finditer(text))
    barred = words.never_beside | words.numbers.keys()
    spoken = ["", *(token[0].lower() for token in tokens), ""]
    free = [
        token for place, token in enumerate(tokens) if barred.isdisjoint((spoken[place], spoken[place + 2]))
    ]
    found = [Exchange(*token.span(), other) for token in free if (other := words.other(token[0]))]
    if len(found) < count:
        fillers = [Exchange(*t.span(), words.fillers[t[0]]) for t in free if t[0] in words.fillers]
        found = sorted(found + _evenly(fillers, count - len(found)))
    return _evenly(found, count)


def _evenly(found: list[Exchange], count: int) -> list[Exchange]:
    return [found[turn * len(found) // count] for turn in range(count)] if len(found) > count else found


def reword(text: str, count: int, words: EqualWords) -> str:
    """A text with `count` words exchanged, or as many as can be; marks of gender stay as they are."""
    for start, end, other in reversed(exchanges(text, count, words)):
        text = text[:start] + other + text[end:]
    return text
