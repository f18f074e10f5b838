"""Resampling against plain loops and closed forms."""

import math

import numpy as np
import pytest
from clustered_records import random_columns, scores
from hypothesis import given
from hypothesis import strategies as st

from bias_tasks.records import Columns, Record
from bias_tasks.statistics import (
    Resamples,
    cluster_bootstrap,
    identity,
    standard_error,
    standard_errors,
)
from bias_tasks.statistics.resampling import MOST_UNITS, units_of

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
    weights = cluster_bootstrap(columns, draws=30).weights[:, columns.cluster]
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


def test_standard_errors_of_many_statistics_are_those_of_each() -> None:
    draws = np.random.default_rng(0).normal(size=(3, 50))
    draws[1, :10], draws[2, :30] = np.nan, np.nan
    together = standard_errors(draws, n_clusters=9)
    assert together == pytest.approx([standard_error(row, n_clusters=9) for row in draws], nan_ok=True)
    assert np.isnan(together).tolist() == [False, False, True]


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
        sample.weights[:, sample.cluster], sample.median(scores(columns), columns.group == "a"), strict=True
    ):
        kept = columns.group == "a"
        assert median == pytest.approx(np.median(np.repeat(scores(columns)[kept], weights[kept].astype(int))))


# --- many clusters ---------------------------------------------------------------------------------


def test_many_clusters_are_drawn_in_bundles_that_know_the_error_as_well() -> None:
    rng = np.random.default_rng(11)
    values = rng.gamma(2.0, size=4 * MOST_UNITS + 7)
    columns = Columns.of(Record("a", str(place), None, float(value)) for place, value in enumerate(values))
    sample = cluster_bootstrap(columns, draws=500)
    assert sample.weights.shape == (500, MOST_UNITS)
    error = standard_error(sample.share(values, np.ones(len(values))), columns.n_clusters)
    assert error == pytest.approx(values.std(ddof=1) / math.sqrt(len(values)), rel=0.12)


@given(st.integers(0, 60), st.integers(1, 20))
def test_bundles_share_out_clusters_evenly_and_at_random(clusters: int, most: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("bias_tasks.statistics.resampling.MOST_UNITS", most)
        units_of.cache_clear()
        unit = units_of(clusters)
        units_of.cache_clear()
    if clusters <= most:
        assert list(unit) == list(range(clusters))
    else:
        sizes = np.bincount(unit, minlength=most)
        assert len(sizes) == most
        assert sizes.max() - sizes.min() <= 1


def test_a_median_of_many_documents_is_taken_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = random_columns(9, 3, seed=12)
    sample = cluster_bootstrap(columns, draws=20)
    whole = sample.median(scores(columns), columns.group == "a")
    monkeypatch.setattr("bias_tasks.statistics.resampling._CELLS_AT_ONCE", 40)
    assert (sample.median(scores(columns), columns.group == "a") == whole).all()
