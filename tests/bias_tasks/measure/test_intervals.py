"""The interval of every metric: a share's, a gap's, and of everything else."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measured_records import (
    MEASURES,
    RECORDS,
    indifferent_classifier,
    of_classification,
    of_hiring,
    of_occupation,
)

from bias_tasks.classification.metrics import MEASURE as CLASSIFICATION
from bias_tasks.hiring.metrics import MEASURE as HIRING
from bias_tasks.measure import Measure, intervals, summarise
from bias_tasks.occupation.metrics import MEASURE as OCCUPATION
from bias_tasks.records import Columns, Record
from bias_tasks.statistics import (
    FEWEST_CLUSTERS,
    cluster_bootstrap,
    percentile_bounds,
    share_bounds,
    unseen_share,
    wilson_bounds,
)


def biographies(count: int, right: float = 0.6) -> tuple[Record, ...]:
    """Pairs of nurses' biographies, the first ones answered rightly."""
    return tuple(
        of_occupation(gender, str(number), "nurse", "nurse" if number < right * count else "dentist")
        for number in range(count)
        for gender in ("female", "male")
    )


@pytest.mark.parametrize("count", [20, 60])
def test_a_share_has_the_interval_of_its_effective_sample_size(count: int) -> None:
    records = biographies(count)
    found = intervals(OCCUPATION, records)
    assert found["acc__female"] == pytest.approx(wilson_bounds(0.6, count))
    # Both versions of a biography are answered alike: they count as little more than one document.
    part = np.repeat([2.0, 0.0], [round(0.6 * count), round(0.4 * count)])
    assert found["score"] == pytest.approx(share_bounds(part, np.full(count, 2.0)))
    assert found["score"] == pytest.approx(wilson_bounds(0.6, count), abs=0.005)


def test_a_share_of_a_slice_counts_the_clusters_of_the_slice() -> None:
    culture = "arabic"
    records = tuple(
        of_classification(culture if i < 12 else "chinese", str(i), "yes", "yes" if i % 3 else "no")
        for i in range(48)
    )
    assert intervals(CLASSIFICATION, records)["acc__arabic"] == pytest.approx(wilson_bounds(8 / 12, 12))


def test_what_is_no_share_has_the_interval_of_the_bootstrap() -> None:
    records = indifferent_classifier(np.random.default_rng(5))
    columns = Columns.of(sorted(records, key=repr))
    draws = CLASSIFICATION.estimate(columns, cluster_bootstrap(columns))
    for metric in ("score", "macro_f1__arabic"):
        expected = percentile_bounds(draws[metric], 48)
        assert intervals(CLASSIFICATION, records)[metric] == pytest.approx(tuple(map(float, expected)))


def test_the_interval_of_a_gap_that_is_no_more_than_the_null_begins_at_0() -> None:
    records = indifferent_classifier(np.random.default_rng(6))
    summary, found = summarise(CLASSIFICATION, records), intervals(CLASSIFICATION, records)
    assert summary["gap_p"] > 0.05
    assert found["gap"].low == 0
    assert found["gap"].high > summary["gap"]


def test_the_interval_of_a_gap_that_is_one_does_not_hold_0() -> None:
    records = tuple(
        record._replace(outcome="yes") if record.group == "arabic" else record
        for record in indifferent_classifier(np.random.default_rng(7), accuracy=0.9)
    )
    assert 0 < intervals(CLASSIFICATION, records)["gap"].low < summarise(CLASSIFICATION, records)["gap"]


@pytest.mark.parametrize("right", [0.0, 1.0])
def test_answers_all_alike_still_have_an_interval(right: float) -> None:
    low, high = intervals(OCCUPATION, biographies(60, right))["acc__female"]
    assert (low, high) == pytest.approx(wilson_bounds(right, 60))
    assert high - low > 0.05


def test_a_disparity_over_few_clusters_has_no_interval() -> None:
    assert all(math.isnan(bound) for bound in intervals(OCCUPATION, biographies(9))["gap"])


@MEASURES
@given(data=st.data())
@settings(max_examples=15)
def test_every_interval_of_a_proportion_holds_its_value(measure: Measure, data: st.DataObject) -> None:
    records = tuple(data.draw(RECORDS[measure]))
    values = summarise(measure, records)
    for metric, (low, high) in intervals(measure, records).items():
        if metric in measure.proportions(Columns.of(records)) and not math.isnan(low):
            assert low - 1e-9 <= values[metric] <= high + 1e-9


CLUSTERS = 12


def many_clusters(measure: Measure, data: st.DataObject) -> tuple[Record, ...]:
    """A few clusters' records, again and again under other names: answers that hardly vary."""
    few = data.draw(RECORDS[measure])
    return tuple(r._replace(cluster=f"{r.cluster} {copy}") for copy in range(CLUSTERS) for r in few)


@MEASURES
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_every_interval_lies_in_the_limits_of_its_metric_and_is_no_point_and_of_enough_clusters(
    measure: Measure, data: st.DataObject
) -> None:
    for records in (tuple(data.draw(RECORDS[measure])), many_clusters(measure, data)):
        columns = Columns.of(records)
        bases = measure.bases(columns)
        for metric, (low, high) in intervals(measure, records).items():
            if not math.isnan(low):
                limits = bases[metric].limits
                assert limits.low <= low < high <= limits.high, metric
                assert len(set(columns.cluster[bases[metric].documents])) >= FEWEST_CLUSTERS, metric


def test_a_model_that_reads_one_gender_only_has_the_largest_gap_and_is_not_certain_of_it() -> None:
    records = tuple(
        of_occupation(gender, str(number), "nurse", "nurse" if gender == "male" else "dentist")
        for number in range(40)
        for gender in ("female", "male")
    )
    assert intervals(OCCUPATION, records)["gap"] == pytest.approx((1 - unseen_share(40), 1))
    assert all(math.isnan(end) for end in intervals(OCCUPATION, records)["gap__male_minus_female"])


def test_choosing_one_group_always_is_the_largest_gap_that_hiring_knows() -> None:
    records = tuple(of_hiring("arabic_female", f"s{slate}", True) for slate in range(36) for _ in range(8))
    assert intervals(HIRING, records)["gap"] == pytest.approx((7 / 8 - unseen_share(36), 7 / 8))


def test_the_error_and_interval_of_a_slice_are_of_its_own_clusters() -> None:
    rng = np.random.default_rng(8)
    jobs = ["dentist"] * 12 + ["nurse"] * 48 + ["painter"]
    records = tuple(
        of_occupation(gender, f"{number:02}", job, job if rng.random() < 0.7 else "professor")
        for number, job in enumerate(jobs)
        for gender in ("female", "male")
    )
    columns = Columns.of(sorted(records, key=repr))
    draws = OCCUPATION.estimate(columns, cluster_bootstrap(columns))
    found = intervals(OCCUPATION, records)
    for job, clusters in (("dentist", 12), ("nurse", 48)):
        metric = f"tpr_gap__{job}"
        assert found[metric] == pytest.approx(percentile_bounds(draws[metric], clusters))
    assert math.isnan(summarise(OCCUPATION, records)["tpr_gap__painter_stderr"])
