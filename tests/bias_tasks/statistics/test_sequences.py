"""Confidence sequences against the Bayes factor they are made of, plain loops and simulation."""

import numpy as np
import pytest
from clustered_records import random_columns, scores
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.integrate import quad
from scipy.stats import nct, norm, t
from scored_models import reader

from bias_tasks.catalogue import TASKS
from bias_tasks.records import Columns, FloatArray, Record
from bias_tasks.statistics import FEWEST_CLUSTERS, Resamples
from bias_tasks.statistics.sequences import (
    blocks,
    cluster_values,
    looks,
    prior_variance,
    reason_to_end,
    sequence_bounds,
    sequence_reach,
)

VALUES = arrays(float, 40, elements=st.floats(-5, 5).map(lambda value: round(value, 3)))
AT = [10, 20, 30, 40]

# --- width -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0.9, 0.95, 0.9875])
@pytest.mark.parametrize("clusters", [10, 12, 36, 120])
def test_what_is_just_left_out_is_refuted_by_the_bayes_factor(clusters: int, level: float) -> None:
    """The mixture of noncentral t densities, integrated numerically."""
    statistic = float(sequence_reach(clusters, level)) * np.sqrt(clusters)
    scale = np.sqrt(prior_variance(level))

    def mixed(effect: float) -> float:
        density = nct.pdf(statistic, clusters - 1, effect * np.sqrt(clusters))
        return float(density * norm.pdf(effect, scale=scale))

    marginal, _ = quad(mixed, -8 * scale, 8 * scale, limit=200)
    assert marginal / t.pdf(statistic, clusters - 1) == pytest.approx(1 / (1 - level), rel=1e-4)


def test_of_few_clusters_nothing_is_left_out() -> None:
    reach = sequence_reach(np.arange(1, FEWEST_CLUSTERS + 1))
    assert np.isinf(reach[:-1]).all()
    assert np.isfinite(reach[-1])


@given(st.integers(FEWEST_CLUSTERS, 400), st.floats(0.8, 0.99))
def test_more_clusters_or_less_certainty_leave_out_more(clusters: int, level: float) -> None:
    reach = float(sequence_reach(clusters, level))
    assert float(sequence_reach(clusters + 1, level)) < reach
    assert float(sequence_reach(clusters, level - 0.05)) < reach
    # Whoever looks once only has the narrower interval.
    assert reach > t.ppf((1 + level) / 2, clusters - 1) / np.sqrt(clusters)


# --- bounds ----------------------------------------------------------------------------------------


@given(VALUES)
def test_later_bounds_lie_within_earlier_ones(values: FloatArray) -> None:
    low, high = looks(values, AT).bounds
    assert (low[1:] >= low[:-1]).all()
    assert (high[1:] <= high[:-1]).all()


@given(VALUES, st.floats(0.1, 10), st.floats(-10, 10))
def test_bounds_move_and_stretch_with_the_values(values: FloatArray, scale: float, shift: float) -> None:
    if min(values[:count].std() for count in AT) < 1e-3:
        return
    ours, moved = looks(values, AT), looks(scale * values + shift, AT)
    assert moved.mean == pytest.approx(scale * ours.mean + shift, abs=1e-9)
    for end, other in zip(ours.bounds, moved.bounds, strict=True):
        assert other == pytest.approx(scale * end + shift, abs=1e-6)


def test_values_that_do_not_differ_tell_nothing() -> None:
    low, high = looks(np.full(40, 0.7), AT).bounds
    assert np.isneginf(low).all()
    assert np.isposinf(high).all()


def test_several_tasks_are_looked_at_at_once() -> None:
    values = np.random.default_rng(1).normal(size=(3, 40))
    together = looks(values, AT)
    for place in range(3):
        alone = looks(values[place], AT)
        assert (together.bounds.low[place] == alone.bounds.low).all()
        assert (together.mean[place] == alone.mean).all()
    again = sequence_bounds(together.mean, [[v[:n].std(ddof=1) for n in AT] for v in values], AT)
    assert again.low == pytest.approx(together.bounds.low)


@pytest.mark.parametrize("effect", [0.0, 0.3, 0.9])
def test_the_truth_is_hardly_ever_left_out_when_one_stops_on_the_sequence(effect: float) -> None:
    """A t interval that is looked at as often leaves it out in 8 of 100 cases where there is no effect."""
    values = np.random.default_rng(2).normal(effect, size=(2_000, 40))
    low, high = looks(values, AT).bounds
    ends = (low > 0) | (high < 0) | (high - low < 1)
    end = np.where(ends.any(axis=1), ends.argmax(axis=1), len(AT) - 1)
    rows = np.arange(len(values))
    assert ((low[rows, end] <= effect) & (effect <= high[rows, end])).mean() >= 0.95


# --- when to end -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "reason"),
    [
        ([0.1], [0.9], "told from 0"),
        ([-0.9], [-0.1], "told from 0"),
        ([-0.2], [0.2], "narrow enough"),
        ([-0.2, 0.05], [0.4, 0.8], "told from 0"),
        ([-0.2, -0.3], [0.2, 0.3], None),
        ([-np.inf], [np.inf], None),
        ([0.0], [0.6], None),
    ],
)
def test_one_contrast_must_be_told_from_0_or_all_be_narrow(
    low: list[float], high: list[float], reason: str | None
) -> None:
    assert reason_to_end(low, high, width=0.5) == reason


@given(st.integers(1, 200), st.integers(1, 60))
def test_blocks_are_whole_and_their_last_has_what_remains(clusters: int, block: int) -> None:
    at = blocks(clusters, block)
    sizes = np.diff([0, *at])
    assert at[-1] == clusters
    assert (sizes[:-1] == block).all()
    assert 0 < sizes[-1] <= block


# --- clusters' values ------------------------------------------------------------------------------


def test_of_a_mean_over_clusters_they_are_the_clusters_own() -> None:
    columns = random_columns(9, 3, seed=3)
    values = cluster_values(lambda sample: sample.share(scores(columns), np.ones(27)), columns)
    expected = [scores(columns)[columns.cluster == cluster].mean() for cluster in range(9)]
    assert values == pytest.approx(expected)


def test_of_macro_f1_they_are_what_a_loop_over_clusters_left_out_gives() -> None:
    measure = TASKS["bias_inherit_hate"].measure
    (samples,) = reader((0.9, 0.6, 0.8, 0.7), seed=4, items=12).samples.values()
    records = [sample.record for sample in samples]
    columns = Columns.of(records)

    def score(sample: Resamples) -> FloatArray:
        return measure.estimate(columns, sample)["score"]

    found = cluster_values(score, columns)
    count = columns.n_clusters

    def plainly(kept: list[Record]) -> float:
        own = Columns.of(kept)
        return float(measure.estimate(own, Resamples(own.cluster, np.ones((1, own.n_clusters))))["score"][0])

    for cluster, name in enumerate(dict.fromkeys(record.cluster for record in records)):
        without = plainly([record for record in records if record.cluster != name])
        assert found[cluster] == pytest.approx(count * plainly(records) - (count - 1) * without)
