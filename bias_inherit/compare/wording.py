"""Estimates, intervals and differences as people read them."""

import math

from bias_inherit.compare.rows import Difference, Estimate
from bias_inherit.kit.quantities import number
from bias_tasks.statistics import Interval


def with_error(estimate: Estimate, digits: int = 3) -> str:
    """`0.812 ± 0.034`."""
    if math.isnan(estimate.value):
        return "–"
    return f"{number(estimate.value, digits)} ± {number(estimate.stderr, digits)}"


def with_bounds(estimate: Estimate, digits: int = 3) -> str:
    """`0.812 [0.740, 0.871]`."""
    if math.isnan(estimate.value):
        return "–"
    return f"{number(estimate.value, digits)} [{bounds(estimate.interval, digits)}]"


def bounds(interval: Interval, digits: int = 3) -> str:
    """`0.740, 0.871`; a dash where there is no interval."""
    if math.isnan(interval.low):
        return "–"
    return ", ".join(number(bound, digits) for bound in interval)


def with_interval(difference: Difference | None, digits: int = 3) -> str:
    """`+0.031 [-0.010, +0.072]`, with a star where it stands out."""
    if difference is None:
        return ""
    if math.isnan(difference.delta):
        return "–"
    star = " *" if difference.stands_out else ""
    if math.isnan(difference.interval.low):
        return f"{signed(difference.delta, digits)} [–]"
    low, high = (signed(bound, digits) for bound in difference.interval)
    return f"{signed(difference.delta, digits)} [{low}, {high}]{star}"


def signed(value: float, digits: int = 3) -> str:
    """`+0.031`, `-0.010`; a dash for an undefined one."""
    if math.isnan(value):
        return number(value)
    return number(value, digits) if round(value, digits) < 0 else f"+{number(value, digits)}"
