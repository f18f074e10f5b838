"""Sizes in words: beside the placebo, or else in units that need no explanation."""

import math

import pytest

from bias_inherit.compare.placebo import PlaceboChange
from bias_inherit.report.beside_placebo import Placebos
from bias_inherit.report.how_large import how_large
from bias_tasks.margins import Unit
from bias_tasks.statistics import NO_INTERVAL, PlaceboRatio

TASK = "bias_probe_occupation"
NONE = Placebos({}, [])


def moved_by(*placebos: float) -> Placebos:
    """Models 0, 1, … whose references the placebo moves so much."""
    changes = {}
    for number, size in enumerate(placebos):
        ratio = PlaceboRatio(1.0, NO_INTERVAL, 0.5, size, size, 40, 0)
        changes[str(number)] = PlaceboChange(TASK, ratio, ratio, math.nan, NO_INTERVAL)
    return Placebos({TASK: changes}, [])


@pytest.mark.parametrize(
    ("delta", "unit", "told"),
    [
        (-0.127, "share", "12.7 percentage points"),
        (0.1, "log-odds", "2.5 percentage points at a probability of one half"),
        (2.0, "log-odds", "38.1 percentage points at a probability of one half"),
        (-0.05, "log ratio", "5.1 % of pay"),
    ],
)
def test_without_a_placebo_it_is_told_in_points(delta: float, unit: Unit, told: str) -> None:
    """Of log-odds as in the table of docs/how-large-is-large.md."""
    assert how_large(NONE, TASK, ["0"], delta, unit, "γ = 0") == told


def test_beside_a_placebo_it_is_told_in_what_that_moves_the_mean_over_seeds() -> None:
    told = how_large(moved_by(0.2, 0.4), TASK, ["0", "1"], -0.6, "log-odds", "γ = 0")
    assert told == "2.00 times what the placebo moves γ = 0"


def test_a_share_is_not_held_against_log_odds() -> None:
    assert how_large(moved_by(0.2), TASK, ["0"], 0.1, "share", "γ = 0") == "10.0 percentage points"
