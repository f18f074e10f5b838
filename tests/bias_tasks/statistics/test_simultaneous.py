"""Several signed changes at once: against cases solved by hand, SciPy, and what must not matter."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from bias_tasks.records import FloatArray
from bias_tasks.statistics import (
    max_t,
    percentile_bounds,
    simultaneous_bounds,
    simultaneous_level,
)
from bias_tasks.statistics.simultaneous import Tail


def every_flip(differences: FloatArray) -> FloatArray:
    """Means under all sign flips of clusters, shape (S, C) -> (S, 2^C)."""
    signs = np.array(list(product([-1.0, 1.0], repeat=differences.shape[1])))
    return np.asarray(differences @ signs.T / differences.shape[1], dtype=float)


def changes(seed: int, moved: float = 0.4, clusters: int = 8, of: int = 3) -> FloatArray:
    rng = np.random.default_rng(seed)
    return rng.normal(0, 1, (of, clusters)) + moved * rng.normal(0, 1, (of, 1))


def test_two_changes_by_hand() -> None:
    """Clusters 1, 1 and 1, −1: of four flips the first change is ±1 in two, the second in the other two."""
    differences = np.array([[1.0, 1.0], [1.0, -1.0]])
    found = max_t(differences.mean(axis=1), every_flip(differences))
    # Root mean square of (−1, 0, 0, 1) is 1 / √2; every flip has one of the two changes at its full size.
    assert found.t == pytest.approx([2**0.5, 0])
    assert found.p == pytest.approx([5 / 5, 5 / 5])
    alone = max_t(differences.mean(axis=1)[:1], every_flip(differences)[:1])
    assert alone.p == pytest.approx([3 / 5])


def test_one_change_is_scipy_s_permutation_test() -> None:
    differences = changes(3, moved=1.0, clusters=10, of=1)
    witness = stats.permutation_test(
        (differences[0],), np.mean, permutation_type="samples", n_resamples=np.inf
    )
    null = every_flip(differences)
    ours = max_t(differences.mean(axis=1), null).p[0]
    assert ours == pytest.approx((witness.pvalue * null.shape[1] + 1) / (null.shape[1] + 1))
    up = stats.permutation_test(
        (differences[0],), np.mean, permutation_type="samples", n_resamples=np.inf, alternative="greater"
    )
    ours = max_t(differences.mean(axis=1), null, "up").p[0]
    assert ours == pytest.approx((up.pvalue * null.shape[1] + 1) / (null.shape[1] + 1))


@given(st.integers(0, 10_000))
def test_relabelled_groups_turn_the_sign_and_leave_p(seed: int) -> None:
    differences = changes(seed)
    null = every_flip(differences)
    there, back = (max_t(sign * differences.mean(axis=1), sign * null) for sign in (1, -1))
    assert back.t == pytest.approx(-there.t)
    assert back.p == pytest.approx(there.p)
    pairs: tuple[tuple[Tail, Tail], ...] = (("up", "down"), ("down", "up"))
    for one, other in pairs:
        assert max_t(differences.mean(axis=1), null, one).p == pytest.approx(
            max_t(-differences.mean(axis=1), -null, other).p
        )


@given(st.integers(0, 10_000), st.permutations(range(3)), st.permutations(range(8)))
def test_the_order_of_changes_and_of_clusters_and_units_do_not_matter(
    seed: int, order: list[int], clusters: list[int]
) -> None:
    differences = changes(seed)
    units = np.array([[1.0], [0.01], [300.0]])
    one = max_t(differences.mean(axis=1), every_flip(differences))
    turned = (units * differences)[order][:, clusters]
    other = max_t(turned.mean(axis=1), every_flip(turned))
    assert other.p == pytest.approx(one.p[order])
    assert other.t == pytest.approx(one.t[order])


@given(st.integers(0, 10_000))
def test_among_several_p_is_no_smaller_than_alone(seed: int) -> None:
    differences = changes(seed)
    null = every_flip(differences)
    together = max_t(differences.mean(axis=1), null).p
    alone = [max_t([d.mean()], n[None]).p[0] for d, n in zip(differences, null, strict=True)]
    assert (together >= np.array(alone) - 1e-12).all()


def test_what_no_exchange_moves_is_not_tested_and_costs_nothing() -> None:
    differences = np.vstack([changes(1, of=1), np.zeros(8)])
    found = max_t(differences.mean(axis=1), every_flip(differences))
    alone = max_t(differences.mean(axis=1)[:1], every_flip(differences)[:1])
    assert np.isnan([found.t[1], found.p[1]]).all()
    assert found.p[0] == alone.p[0]


def test_where_nothing_moved_one_in_twenty_is_called() -> None:
    rng = np.random.default_rng(0)
    called = 0
    for _ in range(400):
        differences = rng.normal(0, 1, (4, 12)) - rng.normal(0, 1, (1, 12))
        signs = rng.choice([-1.0, 1.0], (199, 12))
        called += max_t(differences.mean(axis=1), differences @ signs.T / 12).p.min() <= 0.05
    assert stats.binomtest(called, 400, 0.05).pvalue > 0.01


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("of", [2, 4])
def test_the_level_is_that_of_the_normal_distribution_of_the_largest(of: int, correlation: float) -> None:
    """Against SciPy's multivariate normal: P(all |z| ≤ c) = 95 %."""
    covariance = np.full((of, of), correlation) + (1 - correlation) * np.eye(of)
    draws = np.random.default_rng(1).multivariate_normal(np.zeros(of), covariance, 40_000).T

    def inside(c: float) -> float:
        law = stats.multivariate_normal(np.zeros(of), covariance)
        return float(law.cdf(np.full(of, c), lower_limit=np.full(of, -c)))

    c = optimize.brentq(lambda c: inside(c) - 0.95, 1.9, 3, xtol=1e-3)
    assert simultaneous_level(draws) == pytest.approx(2 * stats.norm.cdf(c) - 1, abs=0.003)


def test_one_change_keeps_its_own_interval() -> None:
    draws = np.random.default_rng(2).normal(0, 1, (1, 2000))
    assert simultaneous_bounds(draws, 40) == percentile_bounds(draws, 40)
    twice = np.vstack([draws, -3 * draws])
    assert simultaneous_level(twice) == pytest.approx(0.95, abs=0.01)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.permutations(range(3)))
def test_bands_turn_with_the_sign_and_go_with_their_change(seed: int, order: list[int]) -> None:
    draws = np.random.default_rng(seed).normal(0.3, 1, (3, 500))
    low, high = simultaneous_bounds(draws, 40)
    turned = simultaneous_bounds(-draws[order], 40)
    assert turned.low == pytest.approx(-high[order])
    assert turned.high == pytest.approx(-low[order])
    single = percentile_bounds(draws, 40)
    assert (low <= single.low).all()
    assert (high >= single.high).all()


def test_undefined_draws_do_not_count() -> None:
    draws = np.random.default_rng(5).normal(0, 1, (3, 1000))
    some = np.hstack([draws, np.full((3, 3), np.nan)])
    assert simultaneous_level(some) == simultaneous_level(draws)
    assert simultaneous_level(np.full((3, 10), np.nan)) == 0.95
