"""What rates should be; a check that misses is simulated again, and the second result counts."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

COVERAGE = (0.93, 0.97)
SIZE = 0.06
AGAIN = 4
"""So many times the data sets of the first round."""

# Goals as the tables word them.
INTERVAL = f"{100 * COVERAGE[0]:.0f}-{100 * COVERAGE[1]:.0f} %"
TEST = f"at most {100 * SIZE:.0f} %"

MISSES = ("narrow", "oversized")
"""The verdicts that miss a goal: an interval that is too wide does not."""


class Line(NamedTuple):
    """One line of a table: what was looked at, the rate found, what it should be, and of how many runs."""

    task: str
    what: str
    rate: float
    goal: str
    runs: int


def verdict(goal: str, rate: float) -> str:
    """What a rate means: ok, narrow, wide or oversized."""
    if goal == INTERVAL:
        return "narrow" if rate < COVERAGE[0] else "wide" if rate > COVERAGE[1] else "ok"
    return "oversized" if goal == TEST and rate > SIZE else "ok"


def settled(check: Callable[[int, int], Iterable[Line]], runs: int, seed: int) -> list[Line]:
    """The lines of a check; where one misses, those of `AGAIN` times the runs and another seed."""
    lines = list(check(runs, seed))
    if any(verdict(line.goal, line.rate) in MISSES for line in lines):
        return list(check(AGAIN * runs, seed + 100))
    return lines
