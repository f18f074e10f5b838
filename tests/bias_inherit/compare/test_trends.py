"""Dose-response over models of known answers."""

import math

import numpy as np
import pytest
from scipy.stats import linregress
from scored_models import HATE, reader

from bias_inherit.compare import Slope, compare, dose_response, one_family
from bias_inherit.kit.errors import UsageError
from bias_tasks.statistics import SIGNIFICANCE

GAMMAS = (0.0, 0.1, 0.2, 0.5)


def slope(slopes: list[Slope], metric: str) -> Slope:
    return next(s for s in slopes if s.metric == metric)


def growing(loss: float, items: int = 120) -> list[Slope]:
    """One culture is read the worse the higher γ; all models have the same luck."""
    models = [(gamma, reader([0.85, 0.85, 0.85, 0.85 - loss * gamma], 3, items)) for gamma in GAMMAS]
    return dose_response(models)


def test_a_slope_is_the_least_squares_line_through_the_values() -> None:
    for found in growing(0.8):
        if not math.isnan(found.slope):
            assert found.slope == pytest.approx(linregress(GAMMAS, found.values).slope)


def test_a_planted_decline_is_found_where_it_is() -> None:
    found = growing(0.8)
    assert slope(found, "acc__spanish").stands_out
    assert slope(found, "acc__spanish").slope == pytest.approx(-0.8, abs=0.2)
    assert slope(found, "gap").interval.low > 0
    assert slope(found, "gap").p <= SIGNIFICANCE
    assert slope(found, "acc__arabic").slope == 0
    assert not slope(found, "acc__arabic").stands_out


def test_models_alike_have_no_slope() -> None:
    for found in growing(0.0):
        assert math.isnan(found.slope) or found.slope == 0
        assert math.isnan(found.p)


def test_two_doses_one_apart_are_the_difference() -> None:
    one, other = reader([0.8] * 4, 1), reader([0.6, 0.8, 0.8, 0.8], 2)
    for line, difference in zip(dose_response([(0, one), (1, other)]), compare(one, other), strict=True):
        assert line.metric == difference.metric
        assert line.slope == pytest.approx(difference.delta, nan_ok=True)
        assert line.interval == pytest.approx(difference.interval, nan_ok=True)
        assert line.p == pytest.approx(difference.p, nan_ok=True)


def test_the_unit_of_dose_scales_slope_and_interval_and_leaves_p() -> None:
    models = [reader([0.85, 0.85, 0.85, 0.85 - 0.2 * k], 4) for k in range(3)]
    small = dose_response([(0.1 * k, model) for k, model in enumerate(models)])
    large = dose_response([(10.0 * k, model) for k, model in enumerate(models)])
    for one, other in zip(small, large, strict=True):
        assert one.slope == pytest.approx(100 * other.slope, nan_ok=True)
        assert one.interval == pytest.approx([100 * end for end in other.interval], nan_ok=True)
        assert one.p == pytest.approx(other.p, nan_ok=True)


@pytest.mark.simulation
def test_models_that_do_not_differ_have_a_slope_in_one_of_twenty_cases() -> None:
    p = []
    for seed in range(60):
        models = [(gamma, reader([0.8] * 4, 10 * seed + k, 32)) for k, gamma in enumerate(GAMMAS)]
        p.append(slope(dose_response(models), "acc").p)
    assert np.mean(np.array(p) <= 0.05) <= 0.12


def test_one_dose_has_no_slope() -> None:
    with pytest.raises(UsageError, match="a slope needs two different doses; there are 0, 0"):
        dose_response([(0, reader([0.8] * 4, 1)), (0, reader([0.8] * 4, 2))])


def test_slopes_have_a_family_too() -> None:
    rows, family = one_family(growing(0.8), "every metric's slope")
    assert family.size == sum(not math.isnan(row.p) for row in rows)
    assert slope(rows, "acc__spanish").q >= slope(rows, "acc__spanish").p
    assert all(row.task == HATE for row in rows)
