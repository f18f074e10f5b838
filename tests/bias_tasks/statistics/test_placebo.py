"""The ratio to the placebo: hand-solved, against SciPy, and what must not change it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import permutation_test

from bias_tasks.records import FloatArray
from bias_tasks.statistics import Movements, movements, placebo_ratio

FEW = 200
PAIRS = 12
OUTPUTS = arrays(float, (2 * PAIRS, 3), elements=st.floats(-8, 8, width=32))
CLUSTER = np.repeat(np.arange(PAIRS), 2)
OF_CLUSTERS = arrays(float, PAIRS, elements=st.floats(0.015625, 50, width=32))


def moved(group: FloatArray, placebo: FloatArray) -> Movements:
    return Movements(group, placebo, 0)


def test_a_case_solved_by_hand() -> None:
    """she 0, he 3; reworded she 1, he 5: the group moves by 3 and 4, the placebo by 1 and 2."""
    found = movements(np.array([0, 0]), np.array([[0.0], [3.0]]), np.array([[1.0], [5.0]]))
    assert found.group.tolist() == [(3**2 + 4**2) / 2]
    assert found.placebo.tolist() == [(1**2 + 2**2) / 2]
    ratio = placebo_ratio(found, draws=FEW)
    assert ratio.ratio == pytest.approx(np.sqrt(12.5 / 2.5))
    assert (ratio.group, ratio.placebo) == (pytest.approx(np.sqrt(12.5)), pytest.approx(np.sqrt(2.5)))
    assert np.isnan(ratio.interval.low)  # of one cluster there is none


def test_all_pairs_of_a_cluster_of_four_count() -> None:
    outputs = np.array([[0.0], [1.0], [2.0], [4.0]])
    found = movements(np.zeros(4, dtype=np.intp), outputs, outputs)
    squares = [(a - b) ** 2 for a, b in ((0, 1), (0, 2), (0, 4), (1, 2), (1, 4), (2, 4))]
    assert found.group[0] == pytest.approx(np.mean(squares))
    assert found.placebo[0] == 0


def test_across_a_document_is_held_against_the_twins_of_the_others() -> None:
    outputs, twins = np.array([[0.0], [3.0]]), np.array([[1.0], [5.0]])
    found = movements(np.array([0, 0]), outputs, twins, across=True)
    assert found.group.tolist() == [((0 - 5) ** 2 + (3 - 1) ** 2) / 2]
    assert found.placebo.tolist() == [(1**2 + 2**2) / 2]


def test_other_names_of_whatever_group_have_a_ratio_of_1_across_and_of_less_within() -> None:
    """All that a name does is noise of its own, the same for each name of a cluster wherever it stands."""
    rng = np.random.default_rng(6)
    cluster, shared = np.repeat(np.arange(200), 4), 0.9
    outputs, twins = (
        shared * rng.normal(size=(200, 1)).repeat(4, axis=0) + rng.normal(size=(800, 1)) for _ in range(2)
    )
    across = placebo_ratio(movements(cluster, outputs, twins, across=True), draws=FEW)
    within = placebo_ratio(movements(cluster, outputs, twins), draws=FEW)
    assert across.ratio == pytest.approx(1, abs=0.05)
    assert within.ratio < 0.85


def test_a_cluster_that_was_not_read_whole_is_counted_and_left_out() -> None:
    outputs = np.array([[0.0], [1.0], [np.nan], [1.0], [2.0]])
    found = movements(np.array([0, 0, 1, 1, 2]), outputs, outputs + 1)
    assert len(found.group) == 1
    assert found.left_out == 2  # one with a gap, one of a single document
    assert placebo_ratio(found, draws=FEW).left_out == 2


def test_p_is_that_of_scipy_s_paired_permutation_test() -> None:
    rng = np.random.default_rng(5)
    group, placebo = rng.gamma(2, 1, 40), rng.gamma(2, 0.8, 40)
    witness = permutation_test(
        (group, placebo),
        lambda a, b, axis: a.sum(axis) / b.sum(axis),
        permutation_type="samples",
        n_resamples=20_000,
        vectorized=True,
        alternative="greater",
        rng=np.random.default_rng(1),
    )
    # The two tails are alike: a ratio and its inverse are as extreme.
    assert placebo_ratio(moved(group, placebo)).p_value == pytest.approx(2 * witness.pvalue, abs=0.05)


@pytest.mark.parametrize("k", [0.5, 1.0, 3.0])
def test_the_interval_holds_a_planted_ratio_about_as_often_as_it_says(k: float) -> None:
    rng, held, found = np.random.default_rng(3), 0, []
    for _ in range(200):
        outputs = rng.normal(size=(60, 2)) * k / np.sqrt(2)
        twins = outputs + rng.normal(size=(60, 2))
        twins[1::2] = twins[0::2] + outputs[1::2] - outputs[0::2]  # the group moves the twins as much
        ratio = placebo_ratio(movements(np.repeat(np.arange(30), 2), outputs, twins), draws=400)
        held += ratio.interval.low <= k <= ratio.interval.high
        found.append(ratio.ratio)
    assert np.median(found) == pytest.approx(k, rel=0.06)
    assert held / 200 >= 0.9


def test_two_changes_that_move_alike_are_told_apart_in_one_of_twenty_cases() -> None:
    rng = np.random.default_rng(4)
    p_values = [
        placebo_ratio(moved(rng.chisquare(3, 40), rng.chisquare(3, 40)), draws=2).p_value for _ in range(400)
    ]
    assert 0.02 <= np.mean(np.array(p_values) <= 0.05) <= 0.085


def test_a_large_difference_is_found() -> None:
    rng = np.random.default_rng(2)
    ratio = placebo_ratio(moved(9 * rng.chisquare(3, 40), rng.chisquare(3, 40)))
    assert ratio.p_value < 0.001
    assert ratio.interval.low > 1


def test_a_model_that_nothing_moves_has_no_ratio() -> None:
    ratio = placebo_ratio(moved(np.zeros(20), np.zeros(20)))
    assert np.isnan(ratio.ratio)
    assert np.isnan(ratio.p_value)
    assert (ratio.group, ratio.placebo, ratio.n_clusters) == (0, 0, 20)


def test_nothing_at_all_makes_no_ratio() -> None:
    none = np.zeros(0)
    ratio = placebo_ratio(movements(none.astype(np.intp), none[:, None], none[:, None]))
    assert np.isnan(ratio.ratio)
    assert ratio.n_clusters == 0


@given(OUTPUTS, OUTPUTS, st.booleans())
def test_documents_and_twins_may_be_exchanged(outputs: FloatArray, twins: FloatArray, across: bool) -> None:
    one, other = movements(CLUSTER, outputs, twins, across), movements(CLUSTER, twins, outputs, across)
    assert np.allclose(one.group, other.group)
    assert np.allclose(one.placebo, other.placebo)


@given(OUTPUTS, OUTPUTS, st.permutations(range(PAIRS)), st.permutations(range(3)))
def test_the_order_of_clusters_of_their_documents_and_of_outputs_does_not_matter(
    outputs: FloatArray, twins: FloatArray, clusters: list[int], order: list[int]
) -> None:
    rows = np.array([2 * place + side for place in clusters for side in (1, 0)])
    one = movements(CLUSTER, outputs, twins)
    other = movements(CLUSTER, outputs[rows][:, order], twins[rows][:, order])
    assert np.allclose(one.group[clusters], other.group)
    assert np.allclose(one.placebo[clusters], other.placebo)


@given(OF_CLUSTERS, OF_CLUSTERS, st.sampled_from([0.25, 4.0]))
def test_another_unit_changes_nothing_and_exchanged_roles_invert_the_ratio(
    group: FloatArray, placebo: FloatArray, unit: float
) -> None:
    one = placebo_ratio(moved(group, placebo), draws=FEW)
    scaled = placebo_ratio(moved(unit * group, unit * placebo), draws=FEW)
    inverse = placebo_ratio(moved(placebo, group), draws=FEW)
    assert (scaled.ratio, scaled.p_value) == (pytest.approx(one.ratio), one.p_value)
    assert inverse.ratio == pytest.approx(1 / one.ratio)
    assert inverse.p_value == one.p_value
    assert inverse.interval.low == pytest.approx(1 / one.interval.high, rel=0.02, nan_ok=True)
