"""Sign flips, against SciPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bias_tasks.statistics import FURTHER_PERMUTATIONS, PERMUTATIONS, sign_flip_p

SEEDS = pytest.mark.parametrize("seed", range(4))
MANY = 40_000


@SEEDS
def test_p_is_that_of_scipy(seed: int) -> None:
    differences = np.random.default_rng(seed).normal(0.35, 1, 12)
    exact = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=np.inf, vectorized=True
    ).pvalue
    assert sign_flip_p(differences, MANY) == pytest.approx(exact, abs=0.01)


def test_where_nothing_differs_p_is_1() -> None:
    assert sign_flip_p(np.zeros(20)) == 1


def test_what_hardly_any_flips_reach_is_flipped_further() -> None:
    assert sign_flip_p(np.ones(40)) == pytest.approx(1 / (PERMUTATIONS + FURTHER_PERMUTATIONS + 1))


def test_no_cluster_has_no_p() -> None:
    assert np.isnan(sign_flip_p(np.zeros(0)))


@settings(max_examples=30)
@given(st.lists(st.floats(-5, 5), min_size=1, max_size=12))
def test_the_other_sign_has_the_same_p(differences: list[float]) -> None:
    assert sign_flip_p(-np.array(differences)) == sign_flip_p(np.array(differences))
