"""Intervals against SciPy, statsmodels, closed forms, hand-solved cases and simulated data of known truth."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from bias_tasks.records import FloatArray
from bias_tasks.statistics import (
    FEWEST_CLUSTERS,
    SIGNED,
    UNIT,
    Bounds,
    Limits,
    combination_bounds,
    draw_correlation,
    expanded_tail,
    gap_bounds,
    percentile_bounds,
    share_bounds,
    share_difference_bounds,
    share_equivalence_bounds,
    shown,
    unseen_share,
    wilson_bounds,
)
from bias_tasks.statistics.intervals import padded_bounds

CLUSTERED = st.lists(st.lists(st.booleans(), min_size=1, max_size=4), min_size=FEWEST_CLUSTERS, max_size=20)


def by_cluster(answers: list[list[bool]]) -> tuple[FloatArray, FloatArray]:
    """(right, all) documents of each cluster."""
    return np.array([sum(a) for a in answers], dtype=float), np.array([len(a) for a in answers], dtype=float)


def bootstrap(clusters: FloatArray, draws: int = 4000, seed: int = 0) -> FloatArray:
    """Draws of a mean over clusters."""
    count = len(clusters)
    weights = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=draws)
    return np.asarray(weights @ clusters / count)


# --- percentiles -----------------------------------------------------------------------------------


def test_expanded_percentiles_are_further_out_the_fewer_the_clusters() -> None:
    assert expanded_tail(12) == pytest.approx(
        stats.norm.cdf(math.sqrt(12 / 11) * stats.t.ppf(0.025, 11)), rel=1e-6
    )
    tails = [expanded_tail(count) for count in (10, 20, 50, 200, 100_000)]
    assert tails == sorted(tails)
    assert tails[-1] == pytest.approx(0.025, abs=1e-4)


def test_percentile_bounds_cut_equal_tails() -> None:
    tail = expanded_tail(10, level=0.9)
    assert percentile_bounds(np.arange(101.0), 10, level=0.9) == pytest.approx((100 * tail, 100 * (1 - tail)))


def test_percentile_bounds_of_a_mean_are_those_of_student_where_the_bootstrap_is_normal() -> None:
    values = stats.norm.ppf((np.arange(40) + 0.5) / 40)
    low, high = percentile_bounds(bootstrap(values, draws=40_000), 40)
    reach = stats.t.ppf(0.975, 39) * values.std(ddof=1) / math.sqrt(40)
    assert (low, high) == pytest.approx((-reach, reach), abs=0.02)


def test_percentile_bounds_of_many_statistics_are_those_of_each() -> None:
    draws = np.random.default_rng(0).normal(size=(2, 3, 200))
    together = percentile_bounds(draws, 15)
    for place in np.ndindex(2, 3):
        assert (together.low[place], together.high[place]) == pytest.approx(
            percentile_bounds(draws[place], 15)
        )


def test_undefined_draws_are_left_out_unless_they_are_the_most() -> None:
    most, fewest = np.arange(100.0), np.arange(100.0)
    most[60:], fewest[40:] = np.nan, np.nan
    draws = np.stack([most, fewest])
    low, high = percentile_bounds(draws, 10)
    assert (low[0], high[0]) == pytest.approx(percentile_bounds(np.arange(60.0), 10))
    assert np.isnan([low[1], high[1]]).all()


def test_draws_that_do_not_differ_have_no_percentile_bounds_whether_all_are_defined_or_some() -> None:
    some = np.where(np.arange(100) % 3, 0.25, np.nan)
    assert np.isnan(percentile_bounds(np.stack([np.full(100, 0.25), some]), 40)).all()


@pytest.mark.parametrize("clusters", [9, 10])
def test_one_rule_hides_the_interval_of_too_few_clusters_whatever_it_is_of(clusters: int) -> None:
    hits, here, spread = np.arange(clusters) % 2.0, np.ones(clusters), np.arange(100.0) / 200
    change = (np.arange(clusters) % 3 - 1.0)[None]
    found = [
        percentile_bounds(spread, clusters),
        gap_bounds(0.2, spread, 0.001, clusters),
        share_bounds(hits, here),
        share_difference_bounds(bootstrap(change[0])[None], change, here[None]),
        share_equivalence_bounds(bootstrap(change[0])[None], change, here[None]),
    ]
    assert [bool(np.isnan(bounds).all()) for bounds in found] == [clusters < FEWEST_CLUSTERS] * len(found)


def test_statistics_of_few_and_of_many_clusters_are_cut_each_by_its_own_number() -> None:
    draws = np.random.default_rng(8).normal(size=(3, 2000))
    found = percentile_bounds(draws, np.array([9, 12, 48]))
    assert np.isnan([found.low[0], found.high[0]]).all()
    for place, clusters in ((1, 12), (2, 48)):
        assert found.at(place) == pytest.approx(percentile_bounds(draws[place], clusters))


@given(st.floats(-5, 5), st.floats(0, 5), st.sampled_from([UNIT, SIGNED, Limits(0.0, 0.875)]))
def test_what_is_shown_lies_within_the_limits_and_is_no_point(
    low: float, width: float, limits: Limits
) -> None:
    bounds = shown(Bounds(np.array(low), np.array(low + width)), 48, limits)
    assert np.isnan(bounds).all() or limits.low <= bounds.low < bounds.high <= limits.high


@pytest.mark.parametrize("value", [0.25, 70_000.0])
def test_an_interval_as_wide_as_rounding_is_none_at_any_scale(value: float) -> None:
    end = value * (1 + 1e-14)
    assert np.isnan(shown(Bounds(np.array(value), np.array(end)), 48)).all()


# --- shares ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hits", "trials"), [(0, 5), (1, 5), (7, 12), (29, 29), (140, 288)])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_wilson_bounds_are_those_of_scipy_and_statsmodels(hits: int, trials: int, level: float) -> None:
    ours = wilson_bounds(hits / trials, trials, level)
    scipy = stats.binomtest(hits, trials).proportion_ci(level, method="wilson")
    assert ours == pytest.approx((scipy.low, scipy.high))
    assert ours == pytest.approx(proportion_confint(hits, trials, 1 - level, "wilson"), abs=1e-12)


def test_wilson_bounds_of_nothing_are_undefined() -> None:
    assert np.isnan(wilson_bounds(float("nan"), 0)).all()


def test_what_is_unseen_is_the_rule_of_three_made_exact() -> None:
    assert unseen_share(40) == pytest.approx(stats.binomtest(0, 40).proportion_ci(method="wilson").high)


@pytest.mark.parametrize("hits", [0, 3, 12, 20])
def test_with_one_document_a_cluster_the_share_has_wilson_s_interval(hits: int) -> None:
    part = np.arange(20) < hits
    assert share_bounds(part, np.ones(20)) == pytest.approx(wilson_bounds(hits / 20, 20))


def test_clusters_that_answer_alike_count_as_little_more_than_one_document_each() -> None:
    part = np.repeat([8.0, 0.0], [12, 18])
    low, high = share_bounds(part, np.full(30, 8.0))
    alone = wilson_bounds(0.4, 30)
    assert (low, high) == pytest.approx(alone, abs=0.01)
    assert high - low > 2 * np.diff(wilson_bounds(0.4, 240))[0]


def test_documents_that_do_not_hang_together_count_nearly_in_full() -> None:
    part = np.random.default_rng(0).binomial(4, 0.5, size=400).astype(float)
    low, high = share_bounds(part, np.full(400, 4.0))
    assert high - low == pytest.approx(np.diff(wilson_bounds(part.mean() / 4, 1600))[0], rel=0.1)


@given(CLUSTERED)
def test_a_share_lies_in_its_interval_and_that_in_0_to_1(answers: list[list[bool]]) -> None:
    part, whole = by_cluster(answers)
    low, high = share_bounds(part, whole)
    assert 0 <= low <= part.sum() / whole.sum() + 1e-12
    assert part.sum() / whole.sum() - 1e-12 <= high <= 1


@given(CLUSTERED, st.randoms(use_true_random=False))
def test_the_interval_of_a_share_does_not_depend_on_order_and_mirrors(
    answers: list[list[bool]], random: object
) -> None:
    part, whole = by_cluster(answers)
    low, high = share_bounds(part, whole)
    assert share_bounds(part[::-1], whole[::-1]) == pytest.approx((low, high))
    assert share_bounds(whole - part, whole) == pytest.approx((1 - high, 1 - low))


def test_clusters_without_a_document_of_the_slice_do_not_count() -> None:
    part, whole = np.array([1.0, 0, 2] * 4 + [0, 0]), np.array([2.0] * 12 + [0, 0])
    assert share_bounds(part, whole) == pytest.approx(share_bounds(part[:12], whole[:12]))
    assert np.isnan(share_bounds(np.zeros(4), np.zeros(4))).all()


# --- differences of shares -------------------------------------------------------------------------


def test_from_thirty_clusters_on_a_difference_of_shares_has_expanded_percentiles() -> None:
    differences = np.random.default_rng(1).integers(-1, 2, size=40).astype(float)
    draws = bootstrap(differences)
    found = share_difference_bounds(draws[None], differences[None], np.ones((1, 40)))
    assert (found.low[0], found.high[0]) == pytest.approx(percentile_bounds(draws, 40))


def test_below_thirty_it_is_student_s_interval_of_padded_clusters() -> None:
    differences = np.repeat([1.0, -1.0, 0.0], [5, 2, 13])
    low, high = share_difference_bounds(bootstrap(differences)[None], differences[None], np.ones((1, 20)))
    # Half a cluster of +1 and half of -1 more: 21 clusters, sum 3, sum of squares 8.
    mean, error = 3 / 21, math.sqrt((8 / 21 - (3 / 21) ** 2) / 20)
    reach = stats.t.ppf(0.975, 20) * error
    assert (low[0], high[0]) == pytest.approx((mean - reach, mean + reach))


def test_clusters_of_several_documents_are_padded_by_less() -> None:
    differences = np.repeat([0.5, -0.25, 0.0], [5, 2, 13])
    low, high = share_difference_bounds(bootstrap(differences)[None], differences[None], np.full((1, 20), 4))
    expected = padded_bounds(differences, np.ones(20), 0.25, 0.95)
    assert (low[0], high[0]) == pytest.approx(tuple(map(float, expected)))


def test_padding_whole_clusters_is_nearly_bonett_and_price() -> None:
    # Their interval for pairs: (n12 + 1) / (n + 2), (n21 + 1) / (n + 2), with a normal quantile.
    differences = np.repeat([1.0, -1.0, 0.0], [9, 3, 88])
    p12, p21 = 10 / 102, 4 / 102
    centre, error = p12 - p21, math.sqrt((p12 + p21 - (p12 - p21) ** 2) / 102)
    low, high = padded_bounds(differences, np.ones(100), 1.0, 0.95)
    assert (low, high) == pytest.approx((centre - 1.96 * error, centre + 1.96 * error), abs=0.002)


def test_where_no_cluster_differs_the_interval_says_what_may_be_unseen() -> None:
    low, high = share_difference_bounds(np.zeros((1, 500)), np.zeros((1, 48)), np.ones((1, 48)))
    assert (low[0], high[0]) == pytest.approx((-unseen_share(48), unseen_share(48)))


def test_where_all_clusters_differ_alike_a_further_one_might_not() -> None:
    low, high = share_difference_bounds(np.ones((1, 500)), np.ones((1, 40)), np.ones((1, 40)))
    # Half a cluster of +1 and half of -1 more: 41 clusters, sum 40, sum of squares 41.
    mean, error = 40 / 41, math.sqrt((1 - (40 / 41) ** 2) / 40)
    assert (low[0], high[0]) == pytest.approx((mean - stats.t.ppf(0.975, 40) * error, 1))


@given(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), min_size=10, max_size=60))
def test_the_interval_of_a_difference_mirrors(differences: list[float]) -> None:
    values = np.array(differences)
    draws, here = bootstrap(values, draws=301), np.ones((1, len(values)))
    low, high = share_difference_bounds(draws[None], values[None], here)
    mirrored = share_difference_bounds(-draws[None], -values[None], here)
    assert (mirrored.low, mirrored.high) == (pytest.approx(-high), pytest.approx(-low))
    assert -1 <= low[0] <= high[0] <= 1


def test_an_interval_for_equivalence_is_never_narrower() -> None:
    differences = np.repeat([0.0, 1.0], [38, 2])
    draws, here = bootstrap(differences)[None], np.ones((1, 40))
    plain = share_difference_bounds(draws, differences[None], here, 0.9)
    wider = share_equivalence_bounds(draws, differences[None], here)
    assert wider.low[0] < plain.low[0]
    assert wider.high[0] >= plain.high[0]


def test_a_slice_without_documents_has_no_interval() -> None:
    found = share_difference_bounds(np.full((1, 100), np.nan), np.full((1, 40), np.nan), np.zeros((1, 40)))
    assert np.isnan(found).all()


# --- gaps ------------------------------------------------------------------------------------------


def test_a_gap_that_the_permutation_test_does_not_find_may_be_none() -> None:
    draws = np.abs(np.random.default_rng(2).normal(0.1, 0.05, 2000))
    low, high = gap_bounds(0.1, draws, 0.2, 40)
    assert low == 0
    assert high == pytest.approx(percentile_bounds(draws, 40).high)


def test_the_lower_end_of_a_gap_is_corrected_for_the_lean_of_its_draws() -> None:
    draws = np.random.default_rng(3).normal(0.33, 0.04, 2000)
    low, _ = gap_bounds(0.3, draws, 0.002, 40)
    assert low == pytest.approx(percentile_bounds(draws, 40).low - 2 * (draws.mean() - 0.3))


def test_answers_all_alike_do_not_prove_that_there_is_no_gap() -> None:
    assert gap_bounds(0.0, np.zeros(500), 1.0, 48) == pytest.approx((0, unseen_share(48)))


def test_answers_that_all_go_one_way_do_not_make_the_largest_gap_certain() -> None:
    assert gap_bounds(1.0, np.ones(500), 0.001, 48) == pytest.approx((1 - unseen_share(48), 1))


def test_a_gap_ends_at_the_largest_that_its_measure_can_have() -> None:
    largest = 7 / 8
    found = gap_bounds(largest, np.full(500, largest), 0.001, 36, limits=Limits(0.0, largest))
    assert found == pytest.approx((largest - unseen_share(36), largest))
    near = np.minimum(np.random.default_rng(9).normal(0.84, 0.05, 2000), largest)
    assert gap_bounds(0.84, near, 0.001, 36, limits=Limits(0.0, largest)).high <= largest


def test_draws_that_differ_by_rounding_only_do_not_differ() -> None:
    draws = np.where(np.arange(500) % 3, 0.0, 5.6e-17)
    assert gap_bounds(0.0, draws, 1.0, 48) == pytest.approx((0, unseen_share(48)))


def test_an_undefined_gap_has_no_interval() -> None:
    assert np.isnan(gap_bounds(float("nan"), np.full(100, np.nan), float("nan"), 48)).all()


@given(
    st.floats(0, 1),
    st.lists(st.floats(0, 1), min_size=20, max_size=40),
    st.floats(0, 1),
    st.integers(10, 100),
)
def test_a_gap_lies_in_its_interval_and_that_in_0_to_1(
    value: float, draws: list[float], p: float, clusters: int
) -> None:
    low, high = gap_bounds(value, np.array(draws), p, clusters)
    assert 0 <= low <= value <= high <= 1


# --- sums of terms that have intervals -------------------------------------------------------------


def test_two_proportions_combined_are_newcombe_s_interval() -> None:
    shares = np.array([48 / 70, 56 / 80])
    each = wilson_bounds(shares, np.array([70, 80]))
    found = combination_bounds((-1, 1), shares, each, np.eye(2), at_floor=[False, False])
    witness = confint_proportions_2indep(56, 80, 48, 70, method="newcomb", compare="diff")
    assert found == pytest.approx(witness, abs=1e-9)


def test_symmetric_intervals_add_like_standard_errors_with_their_correlation() -> None:
    values, reach = np.array([0.2, 0.5, 0.4]), np.array([0.1, 0.05, 0.2])
    correlation = np.array([[1, 0.3, 0.1], [0.3, 1, -0.2], [0.1, -0.2, 1]])
    weights = np.array([-1.0, 0.5, 0.5])
    found = combination_bounds(
        weights, values, Bounds(values - reach, values + reach), correlation, np.zeros(3, dtype=bool)
    )
    expected = math.sqrt((weights * reach) @ correlation @ (weights * reach))
    assert found == pytest.approx((weights @ values - expected, weights @ values + expected))


def test_two_gaps_that_may_both_be_none_may_differ_by_all_they_may_be() -> None:
    values, bounds = np.array([0.1, 0.15]), Bounds(np.zeros(2), np.array([0.2, 0.3]))
    found = combination_bounds((-1, 1), values, bounds, np.eye(2), at_floor=[True, True])
    assert found == pytest.approx((-0.2, 0.3))


def test_terms_of_many_data_sets_are_combined_one_by_one() -> None:
    rng = np.random.default_rng(4)
    values, low, high = np.sort(rng.random((3, 2, 5)), axis=0)[[1, 0, 2]]
    floor = rng.random((2, 5)) < 0.5
    correlation = draw_correlation(rng.normal(size=(2, 5, 30)))
    together = combination_bounds((-1, 1), values, Bounds(low, high), correlation, floor)
    for place in range(5):
        alone = combination_bounds(
            (-1, 1),
            values[:, place],
            Bounds(low[:, place], high[:, place]),
            correlation[:, :, place],
            floor[:, place],
        )
        assert (together.low[place], together.high[place]) == pytest.approx(alone)


def test_the_correlation_of_draws_is_numpy_s() -> None:
    draws = np.random.default_rng(5).normal(size=(3, 200)).cumsum(axis=0)
    assert draw_correlation(draws) == pytest.approx(np.corrcoef(draws))
    draws[1] = 7
    assert draw_correlation(draws)[1] == pytest.approx([0, 1, 0])


# --- coverage in one place of the grid (benchmarks/calibration/ has them all) --------------------


def test_the_gap_of_four_equal_groups_is_held_where_percentiles_never_do() -> None:
    rng, held, by_percentiles = np.random.default_rng(6), 0, 0
    weights = rng.multinomial(40, np.full(40, 1 / 40), size=400)
    for _ in range(200):
        right = (rng.random((40, 4)) < 0.8).astype(float)

        def gap(means: FloatArray) -> FloatArray:
            others = (means.sum(axis=-1, keepdims=True) - means) / 3
            return np.abs(means - others).max(axis=-1)

        observed, draws = gap(right.mean(axis=0)), gap(weights @ right / 40)
        shuffled = rng.permuted(np.broadcast_to(right, (99, 40, 4)), axis=2)
        p = (1 + (gap(shuffled.mean(axis=1)) >= observed - 1e-12).sum()) / 100
        held += gap_bounds(observed, draws, p, 40).low == 0
        by_percentiles += percentile_bounds(draws, 40).low <= 0
    assert held / 200 >= 0.93
    assert by_percentiles == 0
