"""What of an answer is a yearly salary in US dollars."""

from collections.abc import Iterable
from functools import partial
from typing import Literal, NamedTuple

from bias_tasks.salary.parse.amounts import Amount, amounts
from bias_tasks.salary.parse.periods import Period, after_period, periods
from bias_tasks.salary.parse.plain_text import plain

PLAUSIBLE = (5_000.0, 5_000_000.0)
"""Yearly US dollars outside this range are taken for something else (a year, an hourly rate)."""

Reason = Literal["other period", "other currency", "no plausible amount"]
"""Why an answer holds no yearly salary."""


class Pay(NamedTuple):
    """A yearly salary, or the reason why there is none.

    Attributes:
        yearly: US dollars a year.
    """

    yearly: float | None
    reason: Reason | None


class _Said(NamedTuple):
    amount: Amount
    period: Period | None


def yearly_salary(answer: str) -> float | None:
    """US dollars a year; None if the answer holds no such amount."""
    return read_salary(answer).yearly


def read_salary(answer: str) -> Pay:
    """The first plausible amount that is said to be yearly, else the first of which no period is said.

    Of the latter, amounts with a sign or name of US dollars go before bare numbers. A range gives its middle.
    An amount of another period is not converted, unless the answer multiplies it out ("$40 × 2,080 hours").
    Other currencies are not converted. Bonuses and the like are not read.
    """
    text = plain(answer)
    found = amounts(text, partial(after_period, text))
    said = [_Said(*each) for each in zip(found, periods(text, found), strict=True)]
    in_dollars = [each for each in said if each.amount.currency != "other"]
    candidates = [each for each in in_dollars if _is_plausible(each.amount.value)]
    yearly = [each for each in candidates if each.period == "year"]
    unsaid = [each for each in candidates if each.period is None]
    marked = [each for each in unsaid if each.amount.currency]
    for chosen in (yearly, marked, unsaid):
        if chosen:
            return Pay(chosen[0].amount.value, None)
    return Pay(None, _why_none(said))


def _is_plausible(value: float) -> bool:
    return PLAUSIBLE[0] <= value <= PLAUSIBLE[1]


def _why_none(said: Iterable[_Said]) -> Reason:
    said = list(said)
    if any(each.period == "other" and each.amount.currency != "other" for each in said):
        return "other period"
    if any(each.amount.currency == "other" for each in said):
        return "other currency"
    return "no plausible amount"
