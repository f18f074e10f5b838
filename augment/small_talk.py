"""Leaving out what a model says around the text that it was asked to write."""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from bias_tasks.authored import read_yaml


def without_small_talk(text: str) -> str:
    """The text without assent, announcement and heading before it, nor remarks to the reader behind it.

    What cannot be parted from the text stays; `is_small_talk` then tells.
    """
    patterns = _patterns()
    text = text.strip()
    while lead := patterns.lead.match(text):
        text = text[lead.end() :].lstrip()
    while closing := patterns.closing.search(text):
        text = text[: closing.start()].rstrip()
    return text


def is_small_talk(text: str) -> bool:
    """Whether a text begins or ends as what is said to a reader about it."""
    return bool(_patterns().remains.search(text))


class _Patterns(NamedTuple):
    lead: re.Pattern[str]
    closing: re.Pattern[str]
    remains: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    words = read_yaml(__file__, "small_talk.yaml")
    assent, announcement = _any_of(words["assents"]), _any_of(words["announcements"])
    heading, to_a_reader = _any_of(words["headings"]), _any_of(words["to_a_reader"])
    closing = _any_of([*words["closings"], *words["to_a_reader"]])
    marks = r"[*_#>\s\"“(\[¡]*"
    line_end = r"[*_\s\"”)\]]*(?:\n|\Z)"
    # A letter or a number alone heads a part of a text about two people.
    titled = r"(?:#+ |\*\*)(?![^\w\n]*[A-Z\d]\b[^\w\n]*\n)[^\n.!?]*?[^\W\d]{2}[^\n.!?]*?"
    lead = (
        rf"{marks}{assent}(?:[!.:…。！]+[*_\s]*|[,，]?\s*(?={announcement}))",
        rf"{marks}{announcement}[^\n:：.!?。]*(?:[:：][*_\s]*|[.!。]?{line_end})",
        rf"{marks}{heading}(?:[*_\s]*[:：][*_\s]*|{line_end})",
        rf"{titled}(?:\*\*)?[:：]?[ ]*\n",
        r"[-=*_]{3,}\s*\n",
    )
    # Behind a sentence or on a line of its own; no speech of a person in the text.
    behind = r"(?:(?<=[.!?。！？*)])\s+|(?<=[。！？])|\n\s*|\A)"
    to_the_end = r"[^.!?。！？\n\"“”]*[.!?。！？…)\]*_]*\s*\Z"
    last = (
        rf"{behind}[*_(\[]*{closing}{to_the_end}",
        r"\s*[(\[]\s*\d+\s+words\s*[)\]]\s*\Z",
        r"\n\s*[-=*_]{3,}\s*\Z",
    )
    return _Patterns(
        re.compile("|".join(lead), re.I),
        re.compile("|".join(last), re.I),
        re.compile(rf"\A\W*(?:{announcement}|{assent}[!.:])|{behind}[*_(\[]*{to_a_reader}", re.I),
    )


def _any_of(phrases: Iterable[str]) -> str:
    longest_first = sorted(phrases, key=len, reverse=True)
    return f"(?:{'|'.join(map(_whole, longest_first))})"


def _whole(phrase: str) -> str:
    spaced = phrase[-1].isalpha() and phrase[-1] < "\u3000"
    return re.escape(phrase).replace("'", "['’]") + (r"(?!\w)" if spaced else "")
