"""Effect sizes, power, equivalence and McNemar's test against statsmodels, SciPy and by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.power import TTestPower
from statsmodels.stats.proportion import proportion_effectsize
from statsmodels.stats.weightstats import DescrStatsW

from bias_tasks.statistics import (
    Interval,
    cohens_h,
    is_equivalent,
    mcnemar_p,
    minimum_detectable_effect,
    standardised_difference,
)


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_s_exact_p_is_that_of_statsmodels_and_of_a_fair_coin(b: int, c: int) -> None:
    witness = mcnemar([[5, b], [c, 7]], exact=True).pvalue if b + c else 1.0
    assert mcnemar_p(b, c) == pytest.approx(witness)
    assert mcnemar_p(b, c) == pytest.approx(stats.binomtest(b, b + c).pvalue if b + c else 1.0)
    assert mcnemar_p(b, c) == mcnemar_p(c, b)


def test_pairs_that_never_disagree_do_not_differ() -> None:
    assert mcnemar_p(0, 0) == 1


@given(st.floats(0, 1), st.floats(0, 1))
def test_cohen_s_h_is_that_of_statsmodels(first: float, second: float) -> None:
    assert cohens_h(first, second) == pytest.approx(proportion_effectsize(second, first), abs=1e-9)
    assert cohens_h(first, second) == pytest.approx(-cohens_h(second, first))


def test_an_undefined_share_has_an_undefined_effect() -> None:
    assert math.isnan(cohens_h(float("nan"), 0.5))


def test_the_standardised_difference_is_cohen_s_d_of_paired_clusters() -> None:
    differences = np.random.default_rng(0).normal(0.3, 1, 25)
    error = float(differences.std(ddof=1)) / 5
    expected = differences.mean() / differences.std(ddof=1)
    assert standardised_difference(float(differences.mean()), error, 25) == pytest.approx(expected)
    assert math.isnan(standardised_difference(0.0, 0.0, 25))


def test_the_detectable_effect_is_found_by_a_paired_t_test_in_about_80_of_100_cases() -> None:
    effect = minimum_detectable_effect(1 / math.sqrt(40), 40)
    assert TTestPower().power(effect, nobs=40, alpha=0.05) == pytest.approx(0.8, abs=0.01)


def test_what_varies_twice_as_much_must_differ_twice_as_much() -> None:
    assert minimum_detectable_effect(0.1, 48) == pytest.approx(2 * minimum_detectable_effect(0.05, 48))


@pytest.mark.parametrize(("stderr", "clusters"), [(0.0, 50), (float("nan"), 50), (0.1, 1)])
def test_without_an_error_nothing_is_said_of_what_would_be_missed(stderr: float, clusters: int) -> None:
    assert math.isnan(minimum_detectable_effect(stderr, clusters))


def test_equivalence_by_the_90_percent_interval_is_two_one_sided_t_tests() -> None:
    rng = np.random.default_rng(1)
    for centre in (0.0, 0.1, 0.15, 0.3):
        values = DescrStatsW(rng.normal(centre, 0.5, 60))
        interval = Interval(*map(float, values.tconfint_mean(alpha=0.1)))
        assert is_equivalent(interval, 0.2) == (values.ttost_mean(-0.2, 0.2)[0] < 0.05)


def test_without_an_interval_nothing_is_equivalent() -> None:
    assert not is_equivalent(Interval(float("nan"), float("nan")), 0.5)
