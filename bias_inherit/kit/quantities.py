"""Numbers, intervals, p, amounts, durations and sizes, as people read them: here and nowhere else."""

import math
from collections.abc import Iterable

DASH = "–"
"""Of what is undefined."""


def number(value: float, digits: int = 3, *, sign: bool = False, compact: bool = False) -> str:
    """`0.812`, `48,120`, `+0.031`; a dash for an undefined one. A zero is never negative.

    Args:
        digits: Decimals, of what is smaller than 1,000; larger numbers have none.
        sign: Whether a plus is shown.
        compact: Whether one decimal is enough from 10 on, for narrow columns.
    """
    if not math.isfinite(value):
        return DASH
    shown = 0 if abs(value) >= 1000 else 1 if compact and abs(value) >= 10 else digits
    # Plus 0: a negative zero loses its sign.
    return format(round(value, shown) + 0.0, f"{'+' if sign else ''},.{shown}f")


def signed(value: float, digits: int = 3) -> str:
    """`+0.031`, `-0.010`."""
    return number(value, digits, sign=True)


def bounds(interval: Iterable[float], digits: int = 3, *, sign: bool = False, compact: bool = False) -> str:
    """`0.740, 0.871`; a dash where there is no interval."""
    low, high = interval
    if math.isnan(low):
        return DASH
    return ", ".join(number(bound, digits, sign=sign, compact=compact) for bound in (low, high))


def p_value(value: float, smallest: str = "< 0.001") -> str:
    """`0.012`; a dash for an undefined one.

    Args:
        smallest: What stands for all that is below 0.001.
    """
    return smallest if value < 0.001 else number(value)


def p_equals(value: float) -> str:
    """`p = 0.012`, `p < 0.001`, in a sentence."""
    told = p_value(value)
    return f"p {told}" if told.startswith("<") else f"p = {told}"


def counted(count: int, singular: str, plural: str = "") -> str:
    """`1 step`, `1,200 steps`.

    Args:
        plural: By default the singular with an s.
    """
    return f"{count:,} {singular if count == 1 else plural or f'{singular}s'}"


def amount(count: float) -> str:
    """Of tokens: `812`, `17.5 M`."""
    for unit, name in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if count >= unit:
            return f"{count / unit:.3g}{name}"
    return f"{count:.0f}"


def duration(seconds: float) -> str:
    """`4 s`, `12 min`, `3 h 20 min`, `5 days 2 h`."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 72:
        return f"{hours} h {minutes} min"
    days, hours = divmod(hours, 24)
    return f"{days} days {hours} h"


def size(count: float) -> str:
    """Bytes: `812 kB`, `4.2 MB`, `31 GB`."""
    for unit in ("kB", "MB", "GB"):
        count /= 1000
        if count < 999.5:
            return f"{count:.2g} {unit}" if count < 10 else f"{count:.0f} {unit}"
    return f"{count / 1000:.2g} TB"
