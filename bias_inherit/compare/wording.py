"""Estimates and differences in words; how a number, an interval or p is written is `kit.quantities`'."""

import math

from bias_inherit.compare.rows import Difference, Estimate
from bias_inherit.kit.quantities import DASH, bounds, number, signed


def with_error(estimate: Estimate, digits: int = 3) -> str:
    """`0.812 ± 0.034`."""
    if math.isnan(estimate.value):
        return DASH
    return f"{number(estimate.value, digits)} ± {number(estimate.stderr, digits)}"


def with_bounds(estimate: Estimate, digits: int = 3) -> str:
    """`0.812 [0.740, 0.871]`."""
    if math.isnan(estimate.value):
        return DASH
    return f"{number(estimate.value, digits)} [{bounds(estimate.interval, digits)}]"


def with_interval(difference: Difference | None, digits: int = 3, star: bool = True) -> str:
    """`+0.031 [-0.010, +0.072]`, with a star where it stands out.

    Args:
        star: Whether one is set at all.
    """
    if difference is None:
        return ""
    if math.isnan(difference.delta):
        return DASH
    told = f"{signed(difference.delta, digits)} [{bounds(difference.interval, digits, sign=True)}]"
    return f"{told} *" if star and difference.stands_out else told
