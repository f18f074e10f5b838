"""Numbers, durations and sizes, as people read them."""

import math


def number(value: float, digits: int = 3) -> str:
    """Fixed decimals, thousands grouped for money-sized values; a dash for an undefined one."""
    if not math.isfinite(value):
        return "–"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    # Plus 0: a negative zero loses its sign.
    return f"{round(value, digits) + 0:.{digits}f}"


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
