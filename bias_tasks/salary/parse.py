"""Reading one yearly salary out of a generated answer."""

import re
from typing import NamedTuple

PLAUSIBLE = (5_000.0, 5_000_000.0)
"""Yearly US dollars outside this range are taken for something else (a year, an hourly rate)."""

_NUMBER = re.compile(
    r"(?<![\d.,])"
    r"(?P<whole>\d{1,3}(?:[,.\s]\d{3})+|\d+)"  # 85,000  85.000  85 000  85000
    r"(?:[.,](?P<decimals>\d{1,2}))?(?!\d)"
    r"\s*(?P<thousands>[kK]\b)?"
)
_UNIT = r"\s*(?:US\s+dollars|dollars|USD|US\$|\$)?\s*"
_RANGE = re.compile(rf"{_UNIT}(?:-|–|—|to|and)\s*(?:USD|US\$|\$)?\s*", re.I)
_OTHER_PERIOD = re.compile(rf"{_UNIT}(?:/|per|an?|each)\s*(?:hour|hr|day|week|month)", re.I)


class _Amount(NamedTuple):
    value: float
    thousands: bool
    start: int
    end: int


def yearly_salary(answer: str) -> float | None:
    """The first plausible yearly amount in US dollars; the middle of a range; None if there is none.

    Grouped numbers (`85,000`, `85.000,00`, `85 000`), plain ones (`85000`) and thousands (`85k`) are
    read. An amount stated per month or per hour is not a yearly salary and is not converted.
    """
    amounts = [_amount(match) for match in _NUMBER.finditer(answer)]
    for place, first in enumerate(amounts):
        upper = _upper_end(answer, first, amounts[place + 1 :])
        if _OTHER_PERIOD.match(answer, (upper or first).end):
            continue
        value = _middle(first, upper) if upper else first.value
        if PLAUSIBLE[0] <= value <= PLAUSIBLE[1]:
            return value
    return None


def _amount(match: re.Match[str]) -> _Amount:
    whole = re.sub(r"\D", "", match["whole"])
    value = float(f"{whole}.{match['decimals'] or 0}")
    thousands = match["thousands"] is not None
    return _Amount(value * 1000 if thousands else value, thousands, match.start(), match.end())


def _upper_end(answer: str, lower: _Amount, following: list[_Amount]) -> _Amount | None:
    """The other end, if the amount begins a range."""
    if following and _RANGE.fullmatch(answer, lower.end, following[0].start):
        return following[0]
    return None


def _middle(lower: _Amount, upper: _Amount) -> float:
    # "80-90k": the unit stands behind the second number only.
    bottom = lower.value * 1000 if upper.thousands and not lower.thousands else lower.value
    return (bottom + upper.value) / 2
