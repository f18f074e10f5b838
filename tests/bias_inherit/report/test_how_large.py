"""Sizes in words: beside the placebo, or else in units that need no explanation."""

import math

import numpy as np
import pytest

from bias_inherit.compare.placebo import PlaceboChange
from bias_inherit.report.beside_placebo import Placebos
from bias_inherit.report.how_large import how_large
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.headline import Signed, reported
from bias_tasks.margins import Unit
from bias_tasks.occupation.graded import shares_of_women
from bias_tasks.statistics import NO_INTERVAL, PlaceboRatio, slope_weights

TASK = "bias_probe_occupation"
NONE = Placebos({}, [])


def contrast(unit: Unit) -> Signed:
    return reported("contrast", "a contrast", "more", "less", unit)


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
    assert how_large(NONE, TASK, ["0"], delta, contrast(unit), "γ = 0") == told


def test_beside_a_placebo_it_is_told_in_what_that_moves_the_mean_over_seeds() -> None:
    told = how_large(moved_by(0.2, 0.4), TASK, ["0", "1"], -0.6, contrast("log-odds"), "γ = 0")
    assert told == "2.00 times what the placebo moves γ = 0"


def test_a_share_is_not_held_against_log_odds() -> None:
    assert how_large(moved_by(0.2), TASK, ["0"], 0.1, contrast("share"), "γ = 0") == "10.0 percentage points"


def test_a_slope_over_shares_of_women_is_told_in_these_shares() -> None:
    """By hand: of someone of whom all is known, she is called a nurse and he an architect."""
    women = shares_of_women()
    probabilities = np.array([(name == "nurse") - (name == "architect") for name in women], dtype=float)
    slope = float(probabilities @ slope_weights(list(women.values())))
    apart = women["nurse"] - women["architect"]
    lean_share = ALL_TASKS[TASK].headline("lean_share").contrasts[0]
    assert how_large(NONE, TASK, ["0"], slope, lean_share, "γ = 0") == (
        f"{100 * apart:.1f} percentage points in the share of women in the stated occupation"
    )
