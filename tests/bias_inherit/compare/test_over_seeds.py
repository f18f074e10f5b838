"""The same comparison under several seeds."""

import math

import pytest
from scored_models import reader

from bias_inherit.compare import SeededDifference, compare, compare_over_seeds
from bias_inherit.harness.results import ScoredModel


def pairs(seeds: int, loss: float) -> list[tuple[ScoredModel, ScoredModel]]:
    return [(reader([0.8] * 4, 2 * s), reader([0.8 - loss] * 4, 2 * s + 1)) for s in range(seeds)]


def metric(found: list[SeededDifference], name: str) -> SeededDifference:
    return next(d for d in found if d.metric == name)


def test_the_points_are_the_differences_of_the_seeds() -> None:
    models = pairs(3, 0.2)
    found = metric(compare_over_seeds(models), "acc").over_seeds
    alone = [next(d for d in compare(*pair) if d.metric == "acc").delta for pair in models]
    assert found.points == pytest.approx(alone)
    assert math.isnan(found.p)


def test_from_five_seeds_on_a_planted_loss_is_claimed_and_no_change_at_all_is_not() -> None:
    planted = metric(compare_over_seeds(pairs(6, 0.2)), "acc").over_seeds
    assert planted.interval.low < -0.2 < planted.interval.high < 0
    same = [(first, first) for first, _ in pairs(6, 0.0)]
    assert math.isnan(metric(compare_over_seeds(same), "acc").over_seeds.p)


@pytest.mark.simulation
def test_no_loss_is_seldom_claimed() -> None:
    models = pairs(40, 0.0)
    p = [metric(compare_over_seeds(models[k : k + 5]), "acc").over_seeds.p for k in range(0, 40, 5)]
    assert sum(value <= 0.05 for value in p) <= 2


def test_both_levels_are_in_the_error() -> None:
    models = pairs(5, 0.1)
    found = metric(compare_over_seeds(models), "acc").over_seeds
    one = next(d for d in compare(*models[0]) if d.metric == "acc")
    assert one.stderr / math.sqrt(5) < found.stderr < 2 * one.stderr
