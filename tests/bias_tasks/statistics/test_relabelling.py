"""Exchanged groups within clusters, against SciPy."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bias_tasks.records import FloatArray
from bias_tasks.statistics import relabelled_p

SEEDS = pytest.mark.parametrize("seed", range(4))
MANY = 40_000


def flips(differences: FloatArray) -> FloatArray:
    return np.stack([differences, -differences], axis=1)


@SEEDS
def test_sign_flips_are_those_of_scipy(seed: int) -> None:
    differences = np.random.default_rng(seed).normal(0.35, 1, 12)
    exact = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=np.inf, vectorized=True
    ).pvalue
    assert relabelled_p(flips(differences), MANY) == pytest.approx(exact, abs=0.01)


@SEEDS
def test_several_labellings_are_those_of_a_full_list(seed: int) -> None:
    values = np.random.default_rng(seed).normal([0.8, 0, 0, 0], size=(6, 4))
    others = (values.sum(axis=1, keepdims=True) - values) / 3
    contributions = values - others
    means = [contributions[range(6), labels].mean() for labels in product(range(4), repeat=6)]
    exact = np.mean(np.abs(means) >= abs(contributions[:, 0].mean()) - 1e-12)
    assert relabelled_p(contributions, MANY) == pytest.approx(exact, abs=0.01)


def test_where_nothing_differs_p_is_1() -> None:
    assert relabelled_p(flips(np.zeros(20))) == 1


def test_what_hardly_any_exchange_reaches_is_exchanged_further() -> None:
    assert relabelled_p(flips(np.ones(40))) == pytest.approx(1 / 10_001)


def test_no_cluster_has_no_p() -> None:
    assert np.isnan(relabelled_p(np.zeros((0, 2))))


@settings(max_examples=30)
@given(st.lists(st.floats(-5, 5), min_size=1, max_size=12))
def test_the_other_sign_has_the_same_p(differences: list[float]) -> None:
    there, back = flips(np.array(differences)), flips(-np.array(differences))
    assert relabelled_p(there) == relabelled_p(back)
