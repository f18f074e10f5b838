"""Effects over seeds and documents, and shares of them, against SciPy, closed forms and simulated runs."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bias_tasks.records import FloatArray
from bias_tasks.statistics import (
    FEWEST_SEEDS,
    NO_INTERVAL,
    Effect,
    Interval,
    Responses,
    share_of,
    slope_weights,
    steps,
    told_by_chance,
)
from bias_tasks.statistics.resampling import multinomial_weights


def of_documents(by_cluster: FloatArray, draws: int = 2000) -> Responses:
    """Responses that are means over clusters, values of shape (D, S, C)."""
    clusters = by_cluster.shape[2]
    drawn = by_cluster @ multinomial_weights(clusters, draws, 0).T / clusters
    return Responses(by_cluster.mean(axis=2), drawn, clusters)


def simulated(
    rng: np.random.Generator,
    means: list[float],
    seeds: int = 1,
    between_seeds: float = 0.0,
    clusters: int = 40,
    noise: float = 1.0,
) -> Responses:
    """Models whose value is a mean, what their seed gave them, and a document's own for each of them."""
    own = (
        rng.normal(0, between_seeds, (len(means), seeds)) if between_seeds else np.zeros((len(means), seeds))
    )
    documents = rng.normal(0, noise, (len(means), 1, clusters))
    return of_documents(np.array(means)[:, None, None] + own[:, :, None] + documents, draws=400)


def test_one_seed_has_the_error_of_its_documents() -> None:
    """Against SciPy's paired t-test."""
    rng = np.random.default_rng(0)
    by_cluster = rng.normal([[[0.0]], [[0.3]]], 1.0, (2, 1, 60))
    found = of_documents(by_cluster).effect([-1, 1])
    expected = stats.ttest_rel(by_cluster[1, 0], by_cluster[0, 0])
    assert not found.is_over_seeds
    assert found.mean == pytest.approx((by_cluster[1] - by_cluster[0]).mean())
    assert found.stderr == pytest.approx(stats.sem(by_cluster[1, 0] - by_cluster[0, 0]), rel=0.05)
    assert found.p == pytest.approx(expected.pvalue, rel=0.25)
    assert found.interval == pytest.approx(expected.confidence_interval(0.95), abs=0.06)


def test_seeds_whose_documents_do_not_scatter_have_the_t_test_of_the_seeds() -> None:
    points = np.array([[0.0, 0.1, -0.1, 0.05, 0.02], [0.4, 0.3, 0.35, 0.5, 0.45]])
    found = Responses(points, np.repeat(points[:, :, None], 50, axis=2), 40).effect([-1, 1])
    expected = stats.ttest_rel(points[1], points[0])
    assert found.is_over_seeds
    assert found.points == pytest.approx(points[1] - points[0])
    assert found.p == pytest.approx(expected.pvalue)
    assert found.interval == pytest.approx(expected.confidence_interval(0.95))
    one_sided = stats.ttest_rel(points[1], points[0], alternative="greater")
    assert found.p_toward("up") == pytest.approx(one_sided.pvalue)
    assert found.p_toward("down") == pytest.approx(1 - one_sided.pvalue)
    assert found.p_toward("either") == found.p


def test_few_clusters_and_models_that_never_differ_claim_nothing() -> None:
    rng = np.random.default_rng(1)
    few = simulated(rng, [0.0, 5.0], clusters=9).effect([-1, 1])
    assert math.isnan(few.p)
    assert math.isnan(few.interval.low)
    for seeds in (1, FEWEST_SEEDS):
        same = np.repeat(rng.normal(size=(1, seeds, 30)), 2, axis=0)
        alike = of_documents(same).effect([-1, 1])
        assert alike.mean == 0
        assert math.isnan(alike.p)
        assert math.isnan(alike.interval.low)


def test_what_has_no_weight_need_not_be_defined() -> None:
    by_cluster = np.random.default_rng(2).normal(size=(3, 1, 30))
    by_cluster[2] = np.nan
    responses = of_documents(by_cluster)
    assert math.isfinite(responses.effect([-1, 1, 0]).p)
    assert math.isnan(responses.effect([-1, 0, 1]).p)


@pytest.mark.simulation
@pytest.mark.parametrize("seeds", [1, FEWEST_SEEDS, 6])
@pytest.mark.parametrize("between_seeds", [0.0, 0.2])
def test_the_interval_holds_the_truth(seeds: int, between_seeds: float) -> None:
    """Of one seed the truth is what that seed's training gave."""
    if seeds == 1 and between_seeds:
        pytest.skip("one seed says nothing about others")
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(400):
        low, high = simulated(rng, [0.0, 0.5], seeds, between_seeds).effect([-1, 1]).interval
        held += low <= 0.5 <= high
    assert held / 400 >= 0.92


def fieller(a: FloatArray, b: FloatArray, level: float = 0.95) -> tuple[float, float]:
    """The closed form for means of pairs (Fieller 1954)."""
    t2 = stats.t.ppf((1 + level) / 2, len(a) - 1) ** 2
    (vaa, vab), (_, vbb) = np.cov(a, b) / len(a)
    g = b.mean() ** 2 - t2 * vbb
    middle = a.mean() * b.mean() - t2 * vab
    root = math.sqrt(middle**2 - g * (a.mean() ** 2 - t2 * vaa))
    return (middle - root) / g, (middle + root) / g


@pytest.mark.parametrize("part", [-0.2, 0.0, 0.4, 1.7])
def test_a_share_has_fieller_s_interval(part: float) -> None:
    """Against the closed form, with seeds whose documents do not scatter."""
    rng = np.random.default_rng(4)
    points = np.stack([np.zeros(8), rng.normal(1, 0.4, 8), rng.normal(part, 0.4, 8)])
    responses = Responses(points, np.repeat(points[:, :, None], 50, axis=2), 200)
    found = share_of(responses, [-1, 0, 1], [-1, 1, 0])
    assert found.value == pytest.approx(points[2].mean() / points[1].mean())
    assert found.interval == pytest.approx(fieller(points[2], points[1]))


def test_no_share_of_what_is_not_there() -> None:
    responses = simulated(np.random.default_rng(5), [0.0, 0.05, 1.0])
    assert responses.effect([-1, 1, 0]).p > 0.05
    found = share_of(responses, [-1, 0, 1], [-1, 1, 0])
    assert math.isnan(found.value)
    assert math.isnan(found.interval.low)


def test_no_share_of_what_a_seed_contradicts_and_else_one_of_each_seed() -> None:
    """By hand: of 1, 2 and 3 the part is 0.5, 1 and 3."""
    documents = np.random.default_rng(7).normal(0, 0.01, (3, 3, 2000))

    def responses(whole: list[float]) -> Responses:
        values = np.array([[0.0] * 3, whole, [0.5, 1.0, 3.0]])
        return Responses(values, values[:, :, None] + documents, 40)

    found = share_of(responses([1.0, 2.0, 3.0]), [-1, 0, 1], [-1, 1, 0])
    assert found.value == pytest.approx(4.5 / 6)
    assert found.points == pytest.approx((0.5, 0.5, 1.0))
    contradicted = responses([-1.0, 2.0, 3.0])
    assert contradicted.effect([-1, 1, 0]).p < 0.001
    assert math.isnan(share_of(contradicted, [-1, 0, 1], [-1, 1, 0]).value)


@pytest.mark.simulation
@pytest.mark.parametrize("share", [0.0, 0.5, 1.5])
def test_shares_hold_the_truth_where_the_whole_is_noisy(share: float) -> None:
    """Where the whole is told from 0 in some three of four studies only, of those that show a share."""
    rng = np.random.default_rng(6)
    shown = held = 0
    for _ in range(400):
        found = share_of(simulated(rng, [0.0, 0.6, 0.6 * share]), [-1, 0, 1], [-1, 1, 0])
        if not math.isnan(found.value):
            shown += 1
            held += found.interval.low <= share <= found.interval.high
    assert 200 < shown < 380
    assert held / shown >= 0.92


values = st.lists(st.floats(-3, 3), min_size=4, max_size=4)


@given(values, st.integers(0, 1000), st.sampled_from([1, FEWEST_SEEDS, 6]))
@settings(max_examples=30, deadline=None)
def test_signs_seeds_and_what_a_seed_s_models_share(means: list[float], number: int, seeds: int) -> None:
    """Flipped values flip the effect; neither the seeds' order nor a seed's own luck has a say in it."""
    responses = simulated(np.random.default_rng(number), means, seeds, 0.3, clusters=20)
    weights = slope_weights([0, 0.25, 0.5, 1])
    found = responses.effect(weights)
    flipped = Responses(-responses.values, -responses.draws, 20).effect(weights)
    assert flipped.mean == pytest.approx(-found.mean, abs=1e-9)
    assert flipped.p == pytest.approx(found.p)
    assert flipped.p_toward("up") == pytest.approx(found.p_toward("down"), abs=1e-9)
    order = np.random.default_rng(number).permutation(seeds)
    moved = responses.values[:, order] + np.arange(seeds)
    others = Responses(moved, responses.draws[:, order] + np.arange(seeds)[None, :, None], 20)
    assert others.effect(weights).mean == pytest.approx(found.mean, abs=1e-9)
    assert others.effect(weights).p == pytest.approx(found.p)


@given(st.floats(0.1, 50), st.integers(0, 1000), st.sampled_from([1, FEWEST_SEEDS]))
@settings(max_examples=20, deadline=None)
def test_a_share_has_no_unit_and_the_whole_is_all_of_itself(unit: float, number: int, seeds: int) -> None:
    responses = simulated(np.random.default_rng(number), [0.0, 2.0, 1.0], seeds, 0.1, clusters=20)
    found = share_of(responses, [-1, 0, 1], [-1, 1, 0])
    scaled = Responses(unit * responses.values, unit * responses.draws, 20)
    assert share_of(scaled, [-1, 0, 1], [-1, 1, 0]).value == pytest.approx(found.value)
    assert share_of(scaled, [-1, 0, 1], [-1, 1, 0]).interval == pytest.approx(found.interval, abs=1e-5)
    whole = share_of(responses, [-1, 1, 0], [-1, 1, 0])
    assert whole.value == pytest.approx(1)
    assert whole.interval == pytest.approx((1, 1), abs=1e-6)


@pytest.mark.parametrize(("told", "tests"), [(0, 12), (1, 20), (3, 12), (12, 12)])
def test_rejections_by_chance_are_the_binomial_test_s(told: int, tests: int) -> None:
    expected = stats.binomtest(told, tests, 0.05, alternative="greater").pvalue
    assert told_by_chance(told, tests) == pytest.approx(expected)


def test_steps_are_the_differences_of_neighbours() -> None:
    assert steps([0, 0.5, 1]) @ np.array([1.0, 3.0, 2.0]) == pytest.approx([2, -1])


@pytest.mark.parametrize(
    ("points", "against"),
    [
        ((1, 2, 3), 0),
        ((-1, 2, 3), 1),
        ((-1, -2, 3.5), 2),
        ((0, -2, -3), 1),
        ((1e-17, 2, 3), 1),
        ((0, 0, 0), 0),
    ],
)
def test_seeds_against_the_mean_are_those_that_do_not_go_its_way(
    points: tuple[float, ...], against: int
) -> None:
    effect = Effect(points, float(np.mean(points)), 1.0, NO_INTERVAL, 0.5)
    assert effect.n_against == against
    assert effect.is_contradicted == (against > 0)


@pytest.mark.parametrize(
    ("points", "contradicted", "within"),
    [
        ((0.01, 0.02, 0.03), False, True),
        ((-0.01, 0.02, 0.03), True, True),
        ((-0.12, 0.06, 0.08), True, False),
        ((-0.12, 0.06, 0.08, 0.01, 0.02), False, True),
    ],
)
def test_only_an_error_of_documents_alone_is_held_against_every_seed(
    points: tuple[float, ...], contradicted: bool, within: bool
) -> None:
    """An interval within ± 0.05, of three seeds and of five, whose scatter it contains already."""
    effect = Effect(points, float(np.mean(points)), 0.01, Interval(-0.02, 0.04), 0.5)
    assert effect.is_contradicted == contradicted
    assert effect.stays_within(0.05) == within
    assert not effect.stays_within(0.03)
