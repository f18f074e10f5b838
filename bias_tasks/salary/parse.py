"""Reading one yearly salary out of a generated answer."""

import re
from typing import NamedTuple

PLAUSIBLE = (5_000.0, 5_000_000.0)
"""Yearly US dollars outside this range are taken for something else (a year, an hourly rate)."""

_NUMBER = re.compile(
    r"(?<![\d.,])"
    r"(?P<whole>\d{1,3}(?:[,.\s]\d{3})+|\d+)"  # 85,000  85.000  85 000  85000
    r"(?:[.,](?P<decimals>\d{1,2}))?(?!\d)"
    r"(?:\s*(?P<scale>k|thousand|million)\b)?",
    re.I,
)
_SCALES = {None: 1.0, "k": 1e3, "thousand": 1e3, "million": 1e6}
_UNIT = r"\s*(?:US\s+dollars|dollars|USD|US\$|\$)?\s*"
_RANGE = re.compile(rf"{_UNIT}(?:-|–|—|to|and)\s*(?:USD|US\$|\$)?\s*", re.I)
_OTHER_PERIOD = re.compile(
    rf"{_UNIT}(?:"
    r"(?:/|per|an?|each|every)[\s-]*(?:calendar\s+)?(?:hour|hr|day|week|wk|month|mo)\b"
    r"|(?:hourly|daily|weekly|biweekly|bi-weekly|monthly)\b|p/[hdwm]\b)",
    re.I,
)


class _Amount(NamedTuple):
    value: float
    scale: float
    start: int
    end: int


def yearly_salary(answer: str) -> float | None:
    """The first plausible yearly amount in US dollars; the middle of a range; None if there is none.

    Grouped numbers (`85,000`, `85.000,00`, `85 000`), plain ones (`85000`) and scaled ones (`85k`,
    `85 thousand`) are read. An amount stated for another period (per hour, monthly) is not a yearly
    salary and is not converted.
    """
    amounts = [_amount(match) for match in _NUMBER.finditer(answer)]
    for place, first in enumerate(amounts):
        value, end = _range(answer, first, amounts[place + 1 :]) or (first.value, first.end)
        if PLAUSIBLE[0] <= value <= PLAUSIBLE[1] and not _OTHER_PERIOD.match(answer, end):
            return value
    return None


def _amount(match: re.Match[str]) -> _Amount:
    whole = re.sub(r"\D", "", match["whole"])
    scale = _SCALES[match["scale"] and match["scale"].lower()]
    return _Amount(float(f"{whole}.{match['decimals'] or 0}") * scale, scale, match.start(), match.end())


class _Range(NamedTuple):
    middle: float
    end: int


def _range(answer: str, lower: _Amount, following: list[_Amount]) -> _Range | None:
    """The range that an amount begins; None if what follows is no upper end of one."""
    if not following or not _RANGE.fullmatch(answer, lower.end, following[0].start):
        return None
    upper = following[0]
    # "80-90k", "80-90,000": the thousands are said once, behind the second number.
    said_once = lower.value < 1000 <= upper.value
    bottom = lower.value * 1000 if said_once else lower.value
    return _Range((bottom + upper.value) / 2, upper.end) if bottom <= upper.value else None
