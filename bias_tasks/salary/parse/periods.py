"""Which period of pay each amount of a text is said of."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from typing import Literal, NamedTuple

from bias_tasks.authored import read_yaml
from bias_tasks.salary.parse.amounts import Amount
from bias_tasks.salary.parse.words import any_of, only

Period = Literal["year", "other"]


def after_period(text: str, place: int) -> int:
    """Where a period that is named right behind a place ends; the place itself if none is."""
    match = _patterns().next_period.match(text, place)
    return match.end() if match else place


def periods(text: str, amounts: Sequence[Amount]) -> list[Period | None]:
    """The period of each amount; None where none is said of it.

    A period belongs to the amount that it directly follows. One that stands alone ("monthly") may also be
    the heading of the amount behind it; where both are possible, the first of its line decides for all of it.
    Several in a row of a table head the amounts of the next row, in their order.
    """
    found: list[Period | None] = [None] * len(amounts)
    starts = [amount.start for amount in amounts]
    for row in _rows(text):
        following = bisect_left(starts, row[0].start())
        if len(row) > 1:
            places: list[int | None] = [*range(following, len(amounts))]
        else:
            places = [_belongs_to(text, amounts, found, following, row[0])]
        for place, match in zip(places, row, strict=False):
            if place is not None:
                found[place] = _period(match)
    return found


def _rows(text: str) -> list[list[re.Match[str]]]:
    """The named periods; those that head the columns of a table together."""
    rows: list[list[re.Match[str]]] = []
    for match in _patterns().period.finditer(text):
        if rows and re.fullmatch(r" ?\| ?", text[rows[-1][-1].end() : match.start()]):
            rows[-1].append(match)
        else:
            rows.append([match])
    return rows


def _belongs_to(
    text: str, amounts: Sequence[Amount], found: Sequence[Period | None], following: int, match: re.Match[str]
) -> int | None:
    """Index of the amount that a named period is said of."""
    patterns = _patterns()
    previous = following - 1
    if previous >= 0 and match.start() < amounts[previous].end:  # within a range, or a product
        return None if amounts[previous].multiplied else previous
    may_follow = previous >= 0 and found[previous] is None
    if may_follow and patterns.behind.fullmatch(text, amounts[previous].end, match.start()):
        return previous
    heads = following < len(amounts) and (patterns.before if match["name"] else patterns.colon).fullmatch(
        text, match.end(), amounts[following].start
    )
    loosely = may_follow and patterns.loosely_behind.fullmatch(text, amounts[previous].end, match.start())
    if heads and not (loosely and _begins_with_amount(text, amounts, match.start())):
        return following
    return previous if loosely else None


def _begins_with_amount(text: str, amounts: Sequence[Amount], place: int) -> bool:
    """Whether in the line of a place an amount stands before the first period."""
    line = text.rfind("\n", 0, place) + 1
    first = _patterns().period.search(text, line)
    return first is not None and any(line <= amount.start < first.start() for amount in amounts)


def _period(match: re.Match[str]) -> Period:
    return "year" if match["of_year"] or match["year_name"] else "other"


class _Patterns(NamedTuple):
    period: re.Pattern[str]
    next_period: re.Pattern[str]
    before: re.Pattern[str]
    colon: re.Pattern[str]
    behind: re.Pattern[str]
    loosely_behind: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    data = read_yaml(__file__, "periods.yaml")
    links, units, names = any_of(data["links"]), data["units"], data["names"]
    unit = f"(?P<of_year>{any_of(units['year'])})|{any_of(units['other'])}"
    name = f"(?P<name>(?P<year_name>{any_of(names['year'])})|{any_of(names['other'])})"
    period = rf"(?:{name}|{links}[ -]?(?:{unit}))"
    return _Patterns(
        period=re.compile(period, re.I),
        next_period=re.compile(rf"[ (]*{period}\)?", re.I),
        before=re.compile(only(data["before"], r"\n:=~|()-"), re.I),
        colon=re.compile(r" ?[:=] ?"),
        behind=re.compile(only(data["behind"], r"\n()+"), re.I),
        loosely_behind=re.compile(only(data["behind"], r"\n()+,|:;-"), re.I),
    )
