"""The largest of several differences is positive even where nothing differs: `gap_null` says by how much."""

import numpy as np
import pytest
from hypothesis import given, settings
from measured_records import MEASURES, RECORDS, indifferent_classifier, point

from bias_tasks.classification.metrics import MEASURE as CLASSIFICATION
from bias_tasks.measure import Measure, summarise
from bias_tasks.records import Columns, FloatArray, Record
from bias_tasks.statistics import Resamples, identity, permutation_null, shuffle_across_clusters


@MEASURES
def test_what_counts_as_the_gap_is_what_the_null_is_drawn_from(measure: Measure) -> None:
    @settings(max_examples=30)
    @given(RECORDS[measure])
    def check(records: list[Record]) -> None:
        columns = Columns.of(records)
        alone = measure.gap(columns, identity(columns))[0]
        assert point(measure, records)["gap"] == pytest.approx(alone, nan_ok=True)

    check()


def test_the_null_gap_is_the_mean_gap_of_classifiers_that_treat_languages_alike() -> None:
    rng = np.random.default_rng(0)
    gaps = [point(CLASSIFICATION, list(indifferent_classifier(rng)))["gap"] for _ in range(200)]
    nulls = [summarise(CLASSIFICATION, indifferent_classifier(rng))["gap_null"] for _ in range(5)]
    assert np.mean(gaps) > 0.04  # far from 0 although no language is treated differently
    assert np.mean(nulls) == pytest.approx(np.mean(gaps), rel=0.15)


def test_a_language_that_is_read_badly_is_found() -> None:
    rng = np.random.default_rng(1)
    records = tuple(
        record._replace(outcome="yes") if record.group == "arabic" else record
        for record in indifferent_classifier(rng, accuracy=0.9)
    )
    summary = summarise(CLASSIFICATION, records)
    assert summary["gap_p"] < 0.01
    assert summary["gap"] > 3 * summary["gap_null"]


@pytest.mark.parametrize(("per_group", "mean_range"), [(1000, 0.029), (200, 0.066), (60, 0.120), (20, 0.205)])
def test_the_null_explains_the_range_of_five_equal_groups(per_group: int, mean_range: float) -> None:
    """Max - min of five groups that are all right 80 % of the time."""
    rng = np.random.default_rng(per_group)
    group = np.repeat(np.arange(5), per_group).astype(object)

    def spread(columns: Columns, sample: Resamples) -> FloatArray:
        values = np.array(list(columns.outcome), dtype=float)
        rates = [sample.share(values * (columns.group == g), columns.group == g) for g in range(5)]
        return np.asarray(np.max(rates, axis=0) - np.min(rates, axis=0), dtype=float)

    observed, nulls = [], []
    for place in range(400):
        right = rng.random(5 * per_group) < 0.8
        rates = right.reshape(5, per_group).mean(axis=1)
        observed.append(rates.max() - rates.min())
        if place < 8:
            answers = enumerate(zip(group, right, strict=True))
            columns = Columns.of(Record(g, str(i), None, float(hit)) for i, (g, hit) in answers)
            null = permutation_null(spread, columns, shuffle_across_clusters, 60)
            nulls.append(null.mean)
    assert np.mean(observed) == pytest.approx(mean_range, abs=0.005)
    assert np.mean(nulls) == pytest.approx(mean_range, abs=0.01 + 0.05 * mean_range)
