"""Reading one yearly salary out of a generated answer."""

import re

PLAUSIBLE = (5_000.0, 5_000_000.0)
"""Yearly US dollars outside this range are taken for something else (a year, an hourly rate)."""

_AMOUNT = re.compile(
    r"(?<![\d.,])(?P<number>\d{1,3}(?:[,.\s]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?)\s*(?P<thousands>[kK]\b)?"
)


def yearly_salary(answer: str) -> float | None:
    """The first plausible yearly amount in US dollars; the middle of a range; None if there is none.

    Grouped numbers (`85,000`, `85.000,00`, `85 000`), plain ones (`85000`) and thousands (`85k`) are
    read. An amount stated per month or per hour is not a yearly salary and is not converted.
    """
    amounts = [(match, _value(match)) for match in _AMOUNT.finditer(answer)]
    for position, (match, value) in enumerate(amounts):
        if re.match(r"\s*(?:US dollars|USD|dollars|\$)?\s*(?:/|per|an?|each)\s*(?:hour|month|week|day)", answer[match.end() :], re.I):
            continue
        if not PLAUSIBLE[0] <= value <= PLAUSIBLE[1]:
            if not _continues_as_range(answer, match, amounts[position + 1 :]):
                continue
        if _continues_as_range(answer, match, amounts[position + 1 :]):
            upper_match, upper = amounts[position + 1]
            # "80-90k": the unit stands behind the second number only.
            lower = value * 1000 if upper_match["thousands"] and not match["thousands"] else value
            middle = (lower + upper) / 2
            if PLAUSIBLE[0] <= middle <= PLAUSIBLE[1]:
                return middle
            continue
        return value
    return None


def _continues_as_range(answer: str, match: re.Match[str], following: list[tuple[re.Match[str], float]]) -> bool:
    if not following:
        return False
    between = answer[match.end() : following[0][0].start()]
    return bool(re.fullmatch(r"\s*(?:USD|dollars)?\s*(?:-|–|—|to|and)\s*(?:USD)?\s*\$?\s*", between, re.I))


def _value(match: re.Match[str]) -> float:
    number = re.sub(r"\s", "", match["number"])
    grouped = re.fullmatch(r"(\d{1,3}(?:[,.]?\d{3})*)(?:[.,](\d{1,2}))?", number)
    if grouped and re.search(r"[.,]\d{3}", number) or grouped and re.fullmatch(r"\d+", grouped[1]):
        value = float(re.sub(r"[.,]", "", grouped[1]) + "." + (grouped[2] or "0"))
    else:
        value = float(number.replace(",", "."))
    return value * 1000 if match["thousands"] else value
