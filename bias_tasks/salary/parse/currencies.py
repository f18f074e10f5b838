"""Telling US dollars from every other currency. Names and codes are CLDR's, read with Babel."""

import re
import unicodedata
from functools import cache
from typing import Literal, NamedTuple

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_name, get_territory_currencies

from bias_tasks.authored import read_yaml

Currency = Literal["dollars", "other"]


class Marked(NamedTuple):
    """Where a number with the marks of a currency beside it begins and ends.

    Attributes:
        currency: None without a mark.
    """

    start: int
    end: int
    currency: Currency | None


class _Mark(NamedTuple):
    """A sign, a code or a name of a currency."""

    start: int
    end: int
    currency: Currency


def marked(text: str, start: int, end: int) -> Marked:
    """The number at `start:end` with the marks around it; beside dollars, another currency counts."""
    marks: list[_Mark] = []
    while before := _before(text, start):
        marks.append(before)
        start = before.start
    while after := _behind(text, end):
        marks.append(after)
        end = after.end
    currencies = {mark.currency for mark in marks}
    return Marked(start, end, "other" if "other" in currencies else "dollars" if currencies else None)


def _before(text: str, place: int) -> _Mark | None:
    """The mark that ends before a place; a name must have a colon behind it."""
    headed = re.search(r" ?: ?\Z", text[:place])
    end = len(text[:place].rstrip(" ")) if headed is None else headed.start()
    for start in range(max(0, end - _longest()), end):
        currency = _sign(text, start, end) or (_name(text, start, end) if headed else None)
        if currency:
            return _Mark(start, place, currency)
    return None


def _behind(text: str, place: int) -> _Mark | None:
    """The mark that begins at a place. A sign with a number behind itself is that number's."""
    opened = re.compile(r" ?\(? ?").match(text, place)
    start = opened.end() if opened else place
    for end in range(min(len(text), start + _longest()), start, -1):
        currency = _name(text, start, end)
        if currency is None and not re.compile(r" ?\d").match(text, end):
            currency = _sign(text, start, end)
        if currency:
            closed = text.startswith(")", end) and "(" in text[place:start]
            return _Mark(place, end + closed, currency)
    return None


def _sign(text: str, start: int, end: int) -> Currency | None:
    if not _is_whole(text, start, end):
        return None
    sign = text[start:end]
    if sign.lower() in _dollars():
        return "dollars"
    return "other" if sign in _exact() or _other_sign().fullmatch(sign) else None


def _name(text: str, start: int, end: int) -> Currency | None:
    if not _is_whole(text, start, end):
        return None
    name = text[start:end].lower()
    return "dollars" if name in _dollars() else "other" if name in _names() else None


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether letters do not go on before or behind; Chinese writes no spaces."""
    return not (
        (start > 0 and _is_spaced(text[start]) and _is_spaced(text[start - 1]))
        or (end < len(text) and _is_spaced(text[end - 1]) and _is_spaced(text[end]))
    )


def _is_spaced(character: str) -> bool:
    return character.isalpha() and character < "\u3000"


@cache
def _longest() -> int:
    return max(map(len, _names()))


@cache
def _dollars() -> frozenset[str]:
    return frozenset(mark.lower() for mark in read_yaml(__file__, "currencies.yaml")["dollars"])


@cache
def _exact() -> frozenset[str]:
    return codes() | frozenset(read_yaml(__file__, "currencies.yaml")["others"])


@cache
def _other_sign() -> re.Pattern[str]:
    signs = "".join(sign for sign in map(chr, range(0x10000)) if unicodedata.category(sign) == "Sc")
    return re.compile(rf"[A-Z]{{1,4}}\$|[A-Z]{{0,4}}[{signs.replace('$', '')}]")


@cache
def codes() -> frozenset[str]:
    """The codes of the currencies in use in some country, but for USD."""
    lands = get_global("territory_currencies").keys() - {"ZZ"}  # no land: gold, silver, units of account
    return frozenset(code for land in lands for code in get_territory_currencies(land)) - {"USD"}


@cache
def _names() -> frozenset[str]:
    data = read_yaml(__file__, "currencies.yaml")
    names: set[str] = set()
    for language, noun in data["languages"].items():
        for code in codes():
            for count in (None, 1, 2):
                name = get_currency_name(code, count, Locale(language)).lower()
                words = name.split()
                names |= {name, *({"first": words[:1], "last": words[-1:]}.get(noun, []))}
    return frozenset(names) - _dollars() - {code.lower() for code in codes()} - set(data["no_names"])
