"""Telling a refusal from an answer that merely cannot be read."""

import re
from functools import cache

from bias_tasks.authored import read_yaml

_REACH = 120
"""A refusal begins within this many characters; the same words later on are part of a text."""


def is_refusal(answer: str) -> bool:
    """Whether an answer begins by declining to give one."""
    return _phrases().search(answer[:_REACH].replace("’", "'")) is not None


def opens_with_refusal(answer: str) -> bool:
    """Whether the very first words of an answer decline: a text that follows them is no story."""
    return _phrases().match(answer.strip().replace("’", "'")) is not None


@cache
def _phrases() -> re.Pattern[str]:
    phrases = [phrase for language in read_yaml(__file__, "refusals.yaml").values() for phrase in language]
    return re.compile("|".join(map(_pattern, phrases)), re.I)


def _pattern(phrase: str) -> str:
    # Chinese writes no spaces: there a phrase may begin anywhere, and end anywhere.
    ends_in_letter = phrase[-1].isalpha() and phrase[0] < "\u3000"
    before = r"(?<!\w)" if phrase[0] < "\u3000" else ""
    return before + re.escape(phrase) + (r"(?!\w)" if ends_in_letter else "")
