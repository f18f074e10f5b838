"""Estimates and differences in words; how a number, an interval or p is written is `kit.quantities`'."""

import math

from bias_inherit.compare.headline import HeadlineRow
from bias_inherit.compare.rows import Difference, Estimate
from bias_inherit.kit.quantities import DASH, bounds, number, p_value, signed
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.margins import Margins, Unit


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


def in_unit(size: str, unit: Unit) -> str:
    """`0.132 log-odds`; a share has no unit."""
    return size if unit == "share" else f"{size} {unit}"


def what_moved(row: HeadlineRow) -> str:
    """`occupation: +0.132 log-odds [+0.104, +0.160], p = 0.004 (Holm), toward “…”`."""
    size = in_unit(signed(row.delta), row.change.signed.unit)
    told = f"{size} [{bounds(row.interval, sign=True)}], p = {p_value(row.p_holm, 'below 0.001')} (Holm)"
    return f"{ALL_TASKS[row.task].name}: {told}, toward “{row.says}”"


def within(row: HeadlineRow, margins: Margins) -> str:
    """`hiring (± 0.1 log-odds)`."""
    unit = row.change.signed.unit
    return f"{ALL_TASKS[row.task].name} (± {in_unit(f'{margins.of(unit):g}', unit)})"


def asked(row: HeadlineRow) -> str:
    """`lean`, `lean, up`, `lean__arabic, largest of 4`."""
    if len(row.changes) > 1:
        return f"{row.metric}, largest of {len(row.changes)}"
    return row.metric if row.direction == "either" else f"{row.metric}, {row.direction}"
