"""Ranges of ranks: what differences between models allow, and no more."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bias_inherit.board.ranks import RankRanges, critical_value, rank_ranges
from bias_tasks.records import FloatArray


def independent(errors: FloatArray) -> FloatArray:
    """Standard errors of the differences of independent values."""
    return np.sqrt(errors[:, None] ** 2 + errors[None, :] ** 2)


def ranges(values: list[float], error: float, clusters: int = 50, **options: object) -> list[tuple[int, int]]:
    found = rank_ranges(np.array(values), independent(np.full(len(values), error)), clusters, **options)  # type: ignore[arg-type]
    return [(int(best), int(worst)) for best, worst in zip(*found, strict=True)]


def test_three_models_by_hand() -> None:
    # t with 49 degrees of freedom at 1 - 0.05/2/2 is 2.31: differences above 0.0327 are shown.
    assert critical_value(3, 50) == pytest.approx(stats.t.ppf(0.9875, 49))
    assert ranges([0.9, 0.88, 0.5], 0.01) == [(1, 2), (1, 2), (3, 3)]
    assert ranges([0.9, 0.86, 0.5], 0.01) == [(1, 1), (2, 2), (3, 3)]


def test_the_smallest_gap_is_first() -> None:
    assert ranges([0.9, 0.2, 0.1], 0.01, lower_is_better=True) == [(3, 3), (2, 2), (1, 1)]


def test_models_that_are_alike_may_have_any_rank() -> None:
    assert ranges([0.5] * 4, 0.01) == [(1, 4)] * 4


def test_a_gap_that_is_none_is_not_larger_than_another() -> None:
    values = [0.3, 0.3, 0.0]
    assert ranges(values, 0.01, lower_is_better=True, tells=np.array([True, False, False])) == [
        (2, 3),
        (1, 3),
        (1, 2),
    ]


def test_models_without_a_value_are_not_ranked_and_do_not_count() -> None:
    assert ranges([0.9, float("nan"), 0.5], 0.01) == [(1, 1), (0, 0), (2, 2)]


def test_a_handful_of_clusters_tells_nothing_apart() -> None:
    assert ranges([0.9, 0.1], 0.01, clusters=9) == [(1, 2)] * 2
    assert ranges([0.9], 0.01) == [(1, 1)]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.floats(0.001, 0.3))
def test_a_range_holds_the_observed_rank_and_grows_with_the_error(values: list[float], error: float) -> None:
    narrow, wide = ranges(values, error), ranges(values, 2 * error)
    order = stats.rankdata([-value for value in values], method="min")
    for rank, (best, worst), (wider_best, wider_worst) in zip(order, narrow, wide, strict=True):
        assert 1 <= wider_best <= best <= rank <= worst <= wider_worst <= len(values)


def test_the_range_holds_the_true_rank_as_often_as_is_said() -> None:
    rng = np.random.default_rng(0)
    truth = np.sort(rng.uniform(0.5, 0.7, 20))[::-1]
    error, held = 0.03, []
    for _ in range(300):
        seen = truth + rng.normal(0, error, 20)
        found: RankRanges = rank_ranges(seen, independent(np.full(20, error)), 200)
        held.append((found.best <= np.arange(1, 21)) & (np.arange(1, 21) <= found.worst))
    # At least 95 % for each model; a few points below are luck of 300 draws.
    assert np.mean(held, axis=0).min() > 0.92
    assert np.mean(held) > 0.95
