"""Telling US dollars from every other currency. Names, codes and signs are CLDR's, read with Babel."""

import re
import unicodedata
from functools import cache
from typing import Literal, NamedTuple

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_name, get_territory_currencies

from bias_tasks.authored import read_yaml
from bias_tasks.salary.parse.words import any_of

Currency = Literal["dollars", "other"]

_LONGEST = 60
"""Characters before a number that are looked at."""


class Marked(NamedTuple):
    """Where a number with the marks of a currency beside it begins and ends.

    Attributes:
        currency: None without a mark.
    """

    start: int
    end: int
    currency: Currency | None


def marked(text: str, start: int, end: int) -> Marked:
    """The number at `start:end` with the marks around it; of marks of two currencies, the other one counts."""
    before = _patterns().before.search(text, max(0, start - _LONGEST), start)
    after = _patterns().after.match(text, end)
    beside = [match[0] for match in (before, after) if match]
    currencies = {_currency(mark) for marks in beside for mark in _patterns().mark.findall(marks)}
    return Marked(
        before.start() if before else start,
        after.end() if after else end,
        "other" if "other" in currencies else "dollars" if currencies else None,
    )


def _currency(mark: str) -> Currency:
    return "dollars" if mark.lower() in _dollars() else "other"


class _Patterns(NamedTuple):
    mark: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    us = any_of(read_yaml(__file__, "currencies.yaml")["dollars"])
    exact = any_of([*read_yaml(__file__, "currencies.yaml")["others"], *_codes()])
    other_signs = "".join(sign for sign in map(chr, range(0x10000)) if unicodedata.category(sign) == "Sc")
    letters = r"(?-i:(?<![^\W\d_])[A-Z]{1,4})"
    sign = rf"(?:{us}|{letters}\$|{letters}?[{other_signs.replace('$', '')}]|(?-i:{exact}))"
    name = any_of(_names())
    # A sign behind a number that has a number behind itself is that one's.
    after = rf"(?:{name}|{sign}(?! ?\d))"
    return _Patterns(
        re.compile(rf"{name}|{sign}", re.I),
        re.compile(rf"(?:(?:{sign} ?)+|(?:{name}|{sign}) ?: ?)\Z", re.I),
        re.compile(rf" ?\(?{after}(?: ?{after})*\)?", re.I),
    )


@cache
def _dollars() -> frozenset[str]:
    return frozenset(mark.lower() for mark in read_yaml(__file__, "currencies.yaml")["dollars"])


@cache
def _codes() -> frozenset[str]:
    lands = get_global("territory_currencies").keys() - {"ZZ"}  # no land: gold, silver, units of account
    return frozenset(code for land in lands for code in get_territory_currencies(land)) - {"USD"}


@cache
def _names() -> frozenset[str]:
    names: set[str] = set()
    for language, noun in _languages().items():
        for code in _codes():
            for count in (None, 1, 2):
                name = get_currency_name(code, count, Locale(language))
                words = name.split()
                names |= {name, *({"first": words[:1], "last": words[-1:]}.get(noun, []))}
    no_names = read_yaml(__file__, "currencies.yaml")["no_names"]
    left_out = {*_dollars(), *(code.lower() for code in _codes()), *no_names}
    return frozenset(name for name in names if len(name) > 1 and name.lower() not in left_out)


@cache
def _languages() -> dict[str, str]:
    languages: dict[str, str] = read_yaml(__file__, "currencies.yaml")["languages"]
    return languages
