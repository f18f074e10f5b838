"""Power before a study against statsmodels, SciPy's noncentral t and simulated studies."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import NormalIndPower, TTestPower

from bias_tasks.statistics import (
    FEWEST_SEEDS,
    Design,
    Responses,
    Scatter,
    clusters_needed,
    counts_seeds,
    fewest_clusters,
    minimum_detectable_effect,
    over_seeds,
    power_to_find,
    smallest_effect,
)

effects = st.floats(0.05, 10)
powers = st.floats(0.5, 0.999)
significances = st.floats(0.001, 0.2)
designs = st.builds(Design, st.integers(12, 5000), st.just(1), significances, st.integers(1, 8))
ANY = Design(48)
scatters = st.floats(0.01, 10).map(Scatter)
of_seeds = st.builds(Scatter, st.floats(0.01, 10), st.floats(0.001, 2), st.floats(0, 1))


@pytest.mark.parametrize("clusters", [12, 20, 36, 48, 120])
@pytest.mark.parametrize("significance", [0.005, 0.05, 0.1])
@pytest.mark.parametrize("standardised", [0.2, 0.4, 0.8])
def test_power_is_that_of_the_paired_t_test(clusters: int, significance: float, standardised: float) -> None:
    found = power_to_find(standardised * 3, Scatter(3.0), Design(clusters, significance=significance))
    freedom, shift = clusters - 1, standardised * math.sqrt(clusters)
    exact = float(stats.nct.sf(stats.t.ppf(1 - significance / 2, freedom), freedom, shift))
    # statsmodels also counts what is found in the wrong direction.
    assert TTestPower().power(standardised, clusters, significance) == pytest.approx(exact, abs=0.011)
    assert found == pytest.approx(exact, abs=0.03 if clusters >= 20 else 0.07)
    assert found == pytest.approx(exact, abs=0.005) or exact < 0.75 or clusters < 48


@pytest.mark.parametrize("power", [0.8, 0.9])
def test_the_smallest_effect_is_the_one_that_the_paired_t_test_finds_so_surely(power: float) -> None:
    for clusters in (12, 36, 48, 120):
        found = smallest_effect(Scatter(2.0), Design(clusters), power)
        assert TTestPower().power(found / 2, clusters, 0.05) == pytest.approx(power, abs=0.01)


def test_of_many_clusters_the_normal_formula_is_enough() -> None:
    needed = clusters_needed(0.05, Scatter(1.0), ANY)
    # Of two samples of n each the difference of means has twice the variance of one mean of pairs.
    witness = 2 * NormalIndPower().solve_power(0.05, alpha=0.05, power=0.8) / 4
    assert needed == pytest.approx(witness, rel=0.001)


def test_simulated_studies_find_the_smallest_effect_in_80_of_100() -> None:
    clusters, studies, rng = 36, 4000, np.random.default_rng(0)
    effect = smallest_effect(Scatter(0.5), Design(clusters))
    parts = rng.normal(effect, 0.5, (studies, clusters))
    found = (stats.ttest_1samp(parts, 0, axis=1).pvalue <= 0.05) & (parts.mean(axis=1) > 0)
    assert found.mean() == pytest.approx(0.8, abs=0.02)


def test_simulated_seeds_are_found_at_least_as_often_as_is_said() -> None:
    """The test of the mean over seeds counts a share of the documents' noise twice: it is careful."""
    clusters, seeds, effect, rng = 40, 8, 0.25, np.random.default_rng(0)
    own, common, training = 0.6, 0.8, 0.15
    of_documents = math.hypot(own, common)
    scatter = Scatter(
        of_documents, math.hypot(training, own / math.sqrt(clusters)), (common / of_documents) ** 2
    )
    found = []
    for _ in range(1500):
        parts = (
            effect
            + rng.normal(0, common, clusters)
            + rng.normal(0, training, (seeds, 1))
            + rng.normal(0, own, (seeds, clusters))
        )
        error = float(parts.mean(axis=0).std(ddof=1)) / math.sqrt(clusters)
        found.append(over_seeds(parts.mean(axis=1).tolist(), error, clusters).p <= 0.05)
    assert np.mean(found) == pytest.approx(power_to_find(effect, scatter, Design(clusters, seeds)), abs=0.05)


def test_after_the_study_the_same_effect_is_called_detectable() -> None:
    assert smallest_effect(Scatter(0.6), Design(36)) == pytest.approx(minimum_detectable_effect(0.1, 36))


@given(of_seeds, st.integers(12, 2000), st.integers(1, 20), significances, powers)
def test_the_effect_that_is_found_with_a_power_gives_that_power_back(
    scatter: Scatter, clusters: int, seeds: int, significance: float, power: float
) -> None:
    design = Design(clusters, seeds, significance)
    effect = smallest_effect(scatter, design, power)
    assert power_to_find(effect, scatter, design) == pytest.approx(power, abs=1e-6)


@given(effects, scatters, designs)
def test_power_rises_with_the_effect_and_with_clusters(
    effect: float, scatter: Scatter, design: Design
) -> None:
    power = power_to_find(effect, scatter, design)
    assert power_to_find(1.1 * effect, scatter, design) >= power
    assert power_to_find(effect, scatter, design._replace(clusters=design.clusters + 1)) >= power
    assert power_to_find(effect, scatter, design._replace(significance=design.significance / 2)) <= power


@given(scatters, designs, powers, st.floats(0.1, 100))
def test_what_scatters_so_many_times_as_much_must_change_so_many_times_as_much(
    scatter: Scatter, design: Design, power: float, times: float
) -> None:
    once, scaled = (smallest_effect(Scatter(f * scatter.clusters), design, power) for f in (1, times))
    assert scaled == pytest.approx(times * once)


@given(effects, scatters, designs, powers)
def test_the_clusters_needed_are_enough_and_one_fewer_are_not(
    effect: float, scatter: Scatter, design: Design, power: float
) -> None:
    needed = clusters_needed(effect, scatter, design, power)
    assert needed is not None
    assert smallest_effect(scatter, design._replace(clusters=needed), power) <= effect
    fewer = design._replace(clusters=needed - 1)
    assert not smallest_effect(scatter, fewer, power) <= effect


@given(of_seeds, st.integers(12, 500))
def test_more_seeds_find_more(scatter: Scatter, clusters: int) -> None:
    found = [smallest_effect(scatter, Design(clusters, seeds)) for seeds in (FEWEST_SEEDS, 10, 40)]
    assert found == sorted(found, reverse=True)


def test_where_few_seeds_scatter_no_number_of_clusters_is_enough() -> None:
    scatter = Scatter(0.5, seeds=0.2, shared=0.5)
    assert clusters_needed(0.1, scatter, Design(48, FEWEST_SEEDS)) is None
    assert clusters_needed(0.1, scatter, Design(48, 100)) is not None


def test_seeds_count_from_five_on_and_where_their_scatter_is_known() -> None:
    known, unknown = Scatter(0.5, seeds=0.1), Scatter(0.5)
    assert counts_seeds(known, FEWEST_SEEDS)
    assert not counts_seeds(known, FEWEST_SEEDS - 1)
    assert not counts_seeds(unknown, FEWEST_SEEDS)
    one = smallest_effect(unknown, Design(48))
    assert smallest_effect(known, Design(48, FEWEST_SEEDS - 1)) == one
    assert smallest_effect(unknown, Design(48, 100)) == one


@given(significances)
def test_with_fewer_than_the_fewest_clusters_no_exchange_is_rare_enough(significance: float) -> None:
    fewest = fewest_clusters(significance)
    # Of all exchanges two reach what was seen: none, and all of them.
    assert 2 / 2**fewest <= significance < 2 / 2 ** (fewest - 1)
    too_few = Design(fewest - 1, 1, significance)
    assert math.isnan(smallest_effect(Scatter(1.0), too_few))
    assert power_to_find(1e6, Scatter(1.0), too_few) == 0


def test_a_mean_over_seeds_takes_as_many_clusters_as_its_test_does() -> None:
    rng = np.random.default_rng(0)
    for clusters in (9, 10):
        draws = rng.normal(scale=0.01, size=(1, 5, 2000))
        tested = Responses(np.full((1, 5), 1.0) + rng.normal(scale=0.01, size=(1, 5)), draws, clusters)
        finds = not math.isnan(tested.effect([1.0]).p)
        found = smallest_effect(Scatter(1.0, 0.1), Design(clusters, 5))
        assert finds == (not math.isnan(found)) == (clusters >= fewest_clusters(0.05, 5))


def test_of_four_groups_the_largest_t_is_asked_hardly_less_than_is_said() -> None:
    """Each against the mean of the others, with the models alike."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(400_000, 4))
    contrasts = values - (values.sum(axis=1, keepdims=True) - values) / 3
    largest = np.abs(contrasts / contrasts.std(axis=0)).max(axis=1)
    for significance in (0.05, 0.005):
        said = stats.norm.isf(Design(48, 1, significance, asked=4).of_each / 2)
        asked = float(np.quantile(largest, 1 - significance))
        assert asked - 0.02 <= said <= 1.02 * asked


def test_several_differences_need_no_more_clusters_to_be_found_at_all() -> None:
    """One exchange of models is of all of them."""
    fewest = fewest_clusters(0.005)
    assert smallest_effect(Scatter(1.0), Design(fewest, 1, 0.005, asked=4)) > 0
