"""Adjusted p values against statsmodels, by hand, and what must hold of any."""

import gc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from bias_tasks.statistics import benjamini_hochberg, holm

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@given(P_VALUES)
def test_both_are_those_of_statsmodels(p: list[float]) -> None:
    gc.freeze()  # statsmodels collects garbage for Holm, which takes as long as there is to look through
    assert benjamini_hochberg(p) == pytest.approx(multipletests(p, method="fdr_bh")[1])
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1])


def test_by_hand() -> None:
    p = [0.01, 0.04, 0.03, 0.5]
    assert benjamini_hochberg(p) == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.5])
    assert holm(p) == pytest.approx([0.04, 0.09, 0.09, 0.5])


@given(P_VALUES, st.randoms(use_true_random=False))
def test_the_order_of_tests_changes_nothing(p: list[float], random: object) -> None:
    order = list(range(len(p)))
    random.shuffle(order)  # type: ignore[attr-defined]
    for adjust in (benjamini_hochberg, holm):
        assert adjust([p[i] for i in order]) == pytest.approx(adjust(p)[order])


@given(P_VALUES)
def test_adjusting_never_makes_a_test_surer_and_holm_is_the_stricter(p: list[float]) -> None:
    q, h = benjamini_hochberg(p), holm(p)
    assert (q >= np.array(p) - 1e-12).all()
    assert (h >= q - 1e-12).all()


@pytest.mark.parametrize("adjust", [benjamini_hochberg, holm])
def test_what_could_not_be_tested_does_not_count(adjust: object) -> None:
    found = adjust([0.01, np.nan, 0.04])  # type: ignore[operator]
    assert np.isnan(found).tolist() == [False, True, False]
    assert found[[0, 2]] == pytest.approx(adjust([0.01, 0.04]))  # type: ignore[operator]
    assert np.isnan(adjust([np.nan])).all()  # type: ignore[operator]
    assert len(adjust([])) == 0  # type: ignore[operator]
