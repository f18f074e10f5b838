"""Resampling against plain loops, closed forms and simulated models that have no preference."""

import math
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from bias_tasks.records import Columns, FloatArray, Record
from bias_tasks.statistics import (
    Resamples,
    cluster_bootstrap,
    identity,
    percentile_interval,
    permutation_null,
    shuffle_across_clusters,
    shuffle_within_clusters,
    standard_error,
    wilson_interval,
)

RECORDS = st.lists(
    st.builds(
        Record,
        group=st.sampled_from(["a", "b", "c"]),
        cluster=st.sampled_from(["1", "2", "3", "4"]),
        gold=st.none(),
        outcome=st.sampled_from([0.0, 1.0]),
    ),
    max_size=20,
)


def scores(columns: Columns) -> FloatArray:
    return np.array(list(columns.outcome), dtype=float)


def random_columns(clusters: int, per_cluster: int, seed: int) -> Columns:
    rng = np.random.default_rng(seed)
    return Columns.of(
        Record("ab"[i % 2], str(cluster), None, float(rng.normal(cluster % 5)))
        for cluster in range(clusters)
        for i in range(per_cluster)
    )


def absolute_difference(columns: Columns, sample: Resamples) -> FloatArray:
    first, second = (columns.group == group for group in ("a", "b"))
    values = scores(columns)
    return np.abs(sample.share(values * first, first) - sample.share(values * second, second))


# --- weights ---------------------------------------------------------------------------------------


def test_point_estimate_takes_every_record_once() -> None:
    columns = random_columns(7, 3, seed=1)
    sample = identity(columns)
    assert sample.total(scores(columns)) == pytest.approx([scores(columns).sum()])
    assert sample.share(scores(columns), np.ones(21)) == pytest.approx([scores(columns).mean()])


def test_each_resample_draws_as_many_clusters_as_there_are() -> None:
    weights = cluster_bootstrap(random_columns(9, 2, seed=2), draws=50).weights
    assert weights.shape == (50, 9)
    assert (weights.sum(axis=1) == 9).all()
    assert (weights == np.round(weights)).all()
    assert (weights >= 0).all()


def test_records_of_a_cluster_are_drawn_together() -> None:
    columns = random_columns(6, 4, seed=3)
    weights = cluster_bootstrap(columns, draws=30).record_weights
    for cluster in range(6):
        members = weights[:, columns.cluster == cluster]
        assert (members == members[:, :1]).all()


def test_bootstrap_is_reproducible_and_leaves_the_global_generator_alone() -> None:
    columns = random_columns(5, 2, seed=4)
    np.random.seed(0)
    before = np.random.get_state()[1].copy()  # type: ignore[index]
    first, second = (cluster_bootstrap(columns, draws=20, seed=7).weights for _ in range(2))
    assert (first == second).all()
    assert (np.random.get_state()[1] == before).all()  # type: ignore[index]
    assert (first != cluster_bootstrap(columns, draws=20, seed=8).weights).any()


def test_share_of_an_empty_whole_is_nan_without_a_warning() -> None:
    columns = random_columns(3, 2, seed=5)
    with np.errstate(all="raise"):
        assert np.isnan(identity(columns).share(np.ones(6), np.zeros(6))).all()


def test_no_records_give_no_weights_and_no_exception() -> None:
    columns = Columns.of([])
    for sample in (identity(columns), cluster_bootstrap(columns, draws=4)):
        assert np.isnan(sample.share([], [])).all()
        assert np.isnan(sample.median(np.zeros(0), [])).all()


# --- standard errors -------------------------------------------------------------------------------


def test_bootstrap_standard_error_equals_a_plain_loop_over_the_same_weights() -> None:
    columns = random_columns(12, 3, seed=6)
    sample = cluster_bootstrap(columns, draws=300, seed=9)
    values = scores(columns).tolist()
    means = []
    for draw in sample.weights:
        repeated = []
        for cluster, times in enumerate(draw):
            own = [value for value, home in zip(values, columns.cluster, strict=True) if home == cluster]
            repeated += own * int(times)
        means.append(sum(repeated) / len(repeated))
    centre = sum(means) / len(means)
    by_loop = math.sqrt(sum((m - centre) ** 2 for m in means) / (len(means) - 1))
    vectorised = sample.share(scores(columns), np.ones(len(columns)))
    assert vectorised == pytest.approx(means)
    assert standard_error(vectorised, columns.n_clusters) == pytest.approx(by_loop)


def test_bootstrap_standard_error_of_a_mean_of_clusters_agrees_with_its_closed_form() -> None:
    columns = random_columns(40, 3, seed=7)
    cluster_means = scores(columns).reshape(40, 3).mean(axis=1)
    closed_form = cluster_means.std(ddof=0) / math.sqrt(40)
    draws = cluster_bootstrap(columns, draws=20_000).share(scores(columns), np.ones(len(columns)))
    assert standard_error(draws, 40) == pytest.approx(closed_form, rel=0.03)


def test_ignoring_clusters_would_understate_the_error_of_correlated_documents() -> None:
    clustered = [Record("a", str(i), None, float(i % 2)) for i in range(30) for _ in range(8)]
    alone = [record._replace(cluster=str(place)) for place, record in enumerate(clustered)]
    errors = []
    for records in (clustered, alone):
        columns = Columns.of(records)
        draws = cluster_bootstrap(columns).share(scores(columns), np.ones(len(columns)))
        errors.append(standard_error(draws, columns.n_clusters))
    assert errors[0] == pytest.approx(math.sqrt(8) * errors[1], rel=0.1)


def test_standard_error_needs_two_clusters() -> None:
    assert math.isnan(standard_error(np.array([0.1, 0.2, 0.3]), n_clusters=1))
    assert standard_error(np.array([0.1, 0.2, 0.3]), n_clusters=2) == pytest.approx(0.1)


def test_standard_error_needs_half_of_the_draws_to_be_defined() -> None:
    assert math.isnan(standard_error(np.array([1.0, np.nan, np.nan]), n_clusters=5))
    assert standard_error(np.array([1.0, 3.0, np.nan]), n_clusters=5) == pytest.approx(math.sqrt(2))


def test_percentile_interval_cuts_equal_tails() -> None:
    low, high = percentile_interval(np.arange(101.0), n_clusters=10, level=0.9)
    assert (low, high) == pytest.approx((5, 95))


@pytest.mark.parametrize(("hits", "trials"), [(0, 5), (1, 5), (7, 12), (29, 29), (140, 288)])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_wilson_interval_is_that_of_scipy(hits: int, trials: int, level: float) -> None:
    witness = binomtest(hits, trials).proportion_ci(level, method="wilson")
    assert wilson_interval(hits / trials, trials, level) == pytest.approx((witness.low, witness.high))


def test_wilson_interval_of_nothing_is_undefined() -> None:
    assert all(math.isnan(bound) for bound in wilson_interval(float("nan"), 0))


def test_wilson_interval_covers_a_small_proportion_where_a_bootstrap_interval_does_not() -> None:
    rng = np.random.default_rng(0)
    truth, trials = 0.1, 12
    shares = rng.binomial(trials, truth, size=2000) / trials
    covered = np.mean([low <= truth <= high for low, high in (wilson_interval(s, trials) for s in shares)])
    assert covered >= 0.93
    never = np.mean(shares == 0)  # a bootstrap of twelve zeros is the interval [0, 0]
    assert never > 0.2


def test_percentile_interval_is_nan_where_the_error_is() -> None:
    assert all(math.isnan(end) for end in percentile_interval(np.arange(5.0), n_clusters=1))


# --- weighted median -------------------------------------------------------------------------------


@given(
    st.lists(
        st.tuples(st.integers(-50, 50), st.integers(0, 4), st.booleans()),
        max_size=12,
    )
)
def test_weighted_median_is_the_numpy_median_of_repeated_records(rows: list[tuple[int, int, bool]]) -> None:
    values = np.array([value for value, _, _ in rows], dtype=float)
    among = np.array([chosen for _, _, chosen in rows], dtype=bool)
    weights = np.array([[times for _, times, _ in rows]], dtype=float)
    sample = Resamples(np.arange(len(rows)), weights.reshape(1, len(rows)))
    repeated = [value for value, times, chosen in rows if chosen for _ in range(times)]
    expected = np.median(repeated) if repeated else np.nan
    assert sample.median(values, among) == pytest.approx([expected], nan_ok=True)


def test_weighted_medians_of_many_resamples_equal_one_at_a_time() -> None:
    columns = random_columns(10, 2, seed=8)
    sample = cluster_bootstrap(columns, draws=100)
    for weights, median in zip(
        sample.record_weights, sample.median(scores(columns), columns.group == "a"), strict=True
    ):
        kept = columns.group == "a"
        assert median == pytest.approx(np.median(np.repeat(scores(columns)[kept], weights[kept].astype(int))))


# --- shuffles --------------------------------------------------------------------------------------


@given(RECORDS, st.integers(0, 1000))
def test_shuffle_within_clusters_keeps_the_labels_of_each_cluster(records: list[Record], seed: int) -> None:
    columns = Columns.of(records)
    shuffled = shuffle_within_clusters(columns, np.random.default_rng(seed))
    assert (shuffled.cluster == columns.cluster).all()
    assert list(shuffled.outcome) == list(columns.outcome)
    for cluster in range(columns.n_clusters):
        home = columns.cluster == cluster
        assert Counter(shuffled.group[home]) == Counter(columns.group[home])


@given(st.lists(st.sampled_from("abc"), max_size=8), st.integers(0, 1000))
def test_shuffle_across_clusters_gives_each_cluster_one_label_of_the_same_pool(
    labels: list[str], seed: int
) -> None:
    columns = Columns.of(Record(label, str(i), None, 1.0) for i, label in enumerate(labels) for _ in range(2))
    shuffled = shuffle_across_clusters(columns, np.random.default_rng(seed))
    by_cluster: dict[int, set[str]] = defaultdict(set)
    for cluster, label in zip(shuffled.cluster, shuffled.group, strict=True):
        by_cluster[int(cluster)].add(label)
    assert all(len(found) == 1 for found in by_cluster.values())
    assert Counter(label for found in by_cluster.values() for label in found) == Counter(labels)


def test_shuffle_within_clusters_reaches_every_order_about_equally_often() -> None:
    columns = Columns.of(Record(label, "only", None, 1.0) for label in "abc")
    rng = np.random.default_rng(0)
    orders = Counter("".join(shuffle_within_clusters(columns, rng).group) for _ in range(1200))
    assert len(orders) == 6
    assert all(140 <= count <= 260 for count in orders.values())


@pytest.mark.parametrize("shuffle", [shuffle_within_clusters, shuffle_across_clusters])
def test_shuffles_leave_the_original_untouched(shuffle: object) -> None:
    columns = random_columns(8, 4, seed=9)
    before = list(columns.group)
    shuffle(columns, np.random.default_rng(1))  # type: ignore[operator]
    assert list(columns.group) == before


# --- permutation null ------------------------------------------------------------------------------


def indifferent_pairs(seed: int, pairs: int = 40) -> Columns:
    """A model whose answers depend on the cluster and on chance, never on the group."""
    rng = np.random.default_rng(seed)
    ability = rng.uniform(0.3, 0.9, size=pairs)
    return Columns.of(
        Record(group, str(i), None, float(rng.random() < ability[i])) for i in range(pairs) for group in "ab"
    )


def test_permutation_mean_is_the_mean_gap_of_indifferent_models() -> None:
    gaps, nulls = [], []
    for seed in range(150):
        columns = indifferent_pairs(seed)
        gaps.append(absolute_difference(columns, identity(columns))[0])
        nulls.append(permutation_null(absolute_difference, columns, shuffle_within_clusters, 30).mean)
    assert np.mean(nulls) == pytest.approx(np.mean(gaps), rel=0.2)


def test_permutation_p_values_of_indifferent_models_are_roughly_uniform() -> None:
    p = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        columns = Columns.of(Record(g, str(i), None, float(rng.normal())) for i in range(15) for g in "ab")
        p.append(permutation_null(absolute_difference, columns, shuffle_within_clusters, 39, seed).p_value)
    for level in (0.1, 0.25, 0.5, 0.75):
        assert np.mean(np.array(p) <= level) == pytest.approx(level, abs=0.11)


def test_permutation_p_value_of_a_strong_preference_is_as_small_as_it_can_be() -> None:
    columns = Columns.of(Record(g, str(i), None, float(g == "a")) for i in range(30) for g in "ab")
    null = permutation_null(absolute_difference, columns, shuffle_within_clusters, 99)
    assert null.p_value == pytest.approx(1 / 100)
    assert null.mean < 0.3


def test_permutation_p_value_is_one_where_nothing_differs() -> None:
    columns = Columns.of(Record(g, str(i), None, 1.0) for i in range(5) for g in "ab")
    null = permutation_null(absolute_difference, columns, shuffle_within_clusters, 50)
    assert (null.mean, null.p_value) == (0.0, 1.0)


@settings(max_examples=50)
@given(RECORDS)
def test_permutation_null_is_defined_or_nan_for_any_records(records: list[Record]) -> None:
    null = permutation_null(absolute_difference, Columns.of(records), shuffle_within_clusters, 10)
    assert math.isnan(null.p_value) or 1 / 11 <= null.p_value <= 1
    assert math.isnan(null.mean) == math.isnan(null.p_value)
