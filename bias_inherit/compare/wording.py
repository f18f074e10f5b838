"""Estimates and differences in words; how a number, an interval or p is written is `kit.quantities`'."""

import math

from scipy.special import expit

from bias_inherit.compare.headline import HeadlineRow
from bias_inherit.compare.placebo import PlaceboChange
from bias_inherit.compare.rows import Difference, Estimate
from bias_inherit.kit.quantities import DASH, bounds, number, p_equals, p_value, signed
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.headline import Signed
from bias_tasks.margins import Margins, Unit
from bias_tasks.measure import LEAN
from bias_tasks.statistics import SIGNIFICANCE, PlaceboRatio
from bias_tasks.task import Lean


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


def in_everyday_units(delta: float, signed_of: Signed) -> str:
    """`12.7 percentage points`, `3.2 percentage points at a probability of one half`, `1.6 % of pay`."""
    match signed_of.unit:
        case "share":
            factor, of = signed_of.everyday
            return f"{100 * factor * abs(delta):.1f} percentage points {of}".rstrip()
        case "log-odds":
            return f"{100 * (expit(abs(delta)) - 0.5):.1f} percentage points at a probability of one half"
        case "log ratio":
            return f"{100 * math.expm1(abs(delta)):.1f} % of pay"


def what_moved(row: HeadlineRow) -> str:
    """`occupation: +0.132 log-odds [+0.104, +0.160], p = 0.004 (Holm), toward “…”`."""
    size = in_unit(signed(row.delta), row.change.signed.unit)
    told = f"{size} [{bounds(row.interval, sign=True)}], {p_equals(row.p_holm)} (Holm)"
    return f"{ALL_TASKS[row.task].name}: {told}, toward “{row.says}”"


def within(task: str, unit: Unit, margins: Margins) -> str:
    """`hiring (± 0.1 log-odds)`."""
    return f"{ALL_TASKS[task].name} (± {in_unit(f'{margins.of(unit):g}', unit)})"


def asked(row: HeadlineRow) -> str:
    """`lean`, `lean, up`, `lean__arabic, largest of 4`."""
    if len(row.changes) > 1:
        return f"{row.metric}, largest of {len(row.changes)}"
    return row.metric if row.direction == "either" else f"{row.metric}, {row.direction}"


def leaning(lean: Lean, estimate: Estimate, p: float) -> str:
    """`the same person is paid more as he (lean +0.016 log ratio [+0.013, +0.020], p < 0.001)`.

    Args:
        p: Of the test that groups do not matter to it, taken alone.
    """
    size = f"{LEAN} {signed(estimate.value)} {lean.unit}"
    if not math.isnan(estimate.interval.low):
        size += f" [{bounds(estimate.interval, sign=True)}]"
    size += f", {p_equals(p)}"
    if not p <= SIGNIFICANCE:
        return f"no direction told from none ({size})"
    return f"{lean.above if estimate.value > 0 else lean.below} ({size})"


def times(found: PlaceboRatio | None) -> str:
    """`1.83 [1.20, 2.71]`: k with its interval; a dash where it is undefined."""
    if found is None or math.isnan(found.ratio):
        return DASH
    k = number(found.ratio, 2, compact=True)
    return k if math.isnan(found.interval.low) else f"{k} [{bounds(found.interval, 2, compact=True)}]"


def p_of_k(found: PlaceboRatio | None, smallest: str = "< 0.001") -> str:
    """Of the test that groups and placebo move the model alike; a dash where there is none."""
    return p_value(found.p_value, smallest) if found else DASH


def clusters(found: PlaceboRatio) -> str:
    """`60`, `58 (2 left out)`: those that k is of, and those in which something could not be read."""
    return f"{found.n_clusters} ({found.left_out} left out)" if found.left_out else str(found.n_clusters)


def in_placebos(row: PlaceboChange) -> str:
    """`-1.32 [-1.61, -1.04]`: a change of lean in units of the placebo's movement."""
    if math.isnan(row.change):
        return DASH
    value = number(row.change, 2, sign=True, compact=True)
    if math.isnan(row.interval.low):
        return value
    return f"{value} [{bounds(row.interval, 2, sign=True, compact=True)}]"
