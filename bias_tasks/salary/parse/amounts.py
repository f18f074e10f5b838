"""Amounts of money: numbers with their currency, ranges as their middle, products multiplied out."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

from bias_tasks.authored import read_yaml
from bias_tasks.salary.parse.currencies import Currency, marked
from bias_tasks.salary.parse.numbers import Number, numbers
from bias_tasks.salary.parse.words import any_of, only

WIDEST = 5
"""Two amounts with a period between are no range if one is more than this many times the other."""


class Amount(NamedTuple):
    """An amount as it stands in the text.

    Attributes:
        value: Of a range, its middle.
        start: Of its first mark or digit.
        end: Of its last mark or digit.
        currency: None where none is named.
        multiplied: Whether it is a product. A period said of its factors is none of its own.
    """

    value: float
    start: int
    end: int
    currency: Currency | None
    multiplied: bool = False


class _Single(NamedTuple):
    number: Number
    start: int
    end: int
    currency: Currency | None


def amounts(text: str, after_period: Callable[[int], int]) -> list[Amount]:
    """The amounts of a plain text, in order.

    Args:
        after_period: Where a period that begins at a place ends; the place itself if none begins there. One
            may stand before the dash of a range or the sign of a product ("$80,000/year - $90,000/year").
    """
    singles = [_Single(number, *marked(text, number.start, number.end)) for number in numbers(text)]
    found = []
    place = 0
    while place < len(singles):
        amount, used = _product(text, singles[place:], after_period) or _range(
            text, singles[place : place + 2], after_period
        )
        place += used
        if amount and not _is_beside(text, amount):
            found.append(amount)
    return found


def _range(text: str, ends: Sequence[_Single], after_period: Callable[[int], int]) -> tuple[Amount, int]:
    """The range that an amount begins, or the amount alone; and how many numbers that is."""
    lower = ends[0]
    alone = Amount(lower.number.value, lower.start, lower.end, lower.currency), 1
    if len(ends) == 1:
        return alone
    upper = ends[1]
    if not _patterns().between.fullmatch(text, after_period(lower.end), upper.start):
        return alone
    bottom, top = _said_once(lower.number, upper.number, _is_word(text, upper))
    period_between = after_period(lower.end) > lower.end
    if bottom > top or (period_between and top > WIDEST * bottom):
        return alone
    currency = "other" if "other" in (lower.currency, upper.currency) else lower.currency or upper.currency
    return Amount((bottom + top) / 2, lower.start, upper.end, currency), 2


def _said_once(lower: Number, upper: Number, counts_something: bool) -> tuple[float, float]:
    """Both ends, where the thousands are said with one of them: "80-90k", "80-90,000", "85k-95"."""
    if lower.value < 1000 <= upper.value:
        return lower.value * (upper.scale if upper.scale > 1 else 1000), upper.value
    if upper.value < 1000 <= lower.value and lower.scale > 1 and not counts_something:
        return lower.value, upper.value * lower.scale
    return lower.value, upper.value


def _is_word(text: str, single: _Single) -> bool:
    """Whether what follows a bare number is a word ("85k - 90 days")."""
    return single.currency is None and re.match(r"[ -]?[^\W\d_]", text[single.end :]) is not None


def _product(
    text: str, singles: Sequence[_Single], after_period: Callable[[int], int]
) -> tuple[Amount | None, int] | None:
    """The product that an amount begins, and how many numbers that is.

    If its result follows ("= $85,000"), there is no amount in its place.
    """
    value, used, end = singles[0].number.value, 1, singles[0].end
    currency = singles[0].currency
    for factor in singles[1:]:
        if not _patterns().times.fullmatch(text, after_period(end), factor.start):
            break
        value, used = value * factor.number.value, used + 1
        counted = _patterns().counted.match(text, factor.end)
        end = counted.end() if counted else factor.end
        currency = currency or factor.currency
    if used == 1:
        return None
    result_follows = used < len(singles) and _patterns().equals.fullmatch(text, end, singles[used].start)
    return None if result_follows else Amount(value, singles[0].start, end, currency, True), used


def _is_beside(text: str, amount: Amount) -> bool:
    """Whether an amount is a bonus or the like."""
    behind = _patterns().beside_behind.match(text, amount.end)
    return bool(behind or _patterns().beside_before.search(text, 0, amount.start))


class _Patterns(NamedTuple):
    between: re.Pattern[str]
    times: re.Pattern[str]
    counted: re.Pattern[str]
    equals: re.Pattern[str]
    beside_behind: re.Pattern[str]
    beside_before: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    data = read_yaml(__file__, "amounts.yaml")
    beside, gap = any_of(data["beside"]), only(data["beside_gap"])
    about = any_of(data["about"])
    return _Patterns(
        between=re.compile(rf" ?{any_of(data['between'])} ?(?:{about} ?)?", re.I),
        times=re.compile(rf"[ )(]*{any_of(data['times'])}[ (]*", re.I),
        counted=re.compile(rf" ?{any_of(data['counted'])}", re.I),
        equals=re.compile(rf"[ )]*{any_of(data['equals'])} ?(?:{about} ?)?", re.I),
        beside_behind=re.compile(rf"{gap}{beside}", re.I),
        beside_before=re.compile(rf"{beside}{gap}:? ?\Z", re.I),
    )
