"""What a summary holds besides values: counts, unusable answers, the largest deviation."""

import math

import numpy as np
import pytest
from measured_records import indifferent_classifier, same

from bias_tasks.classification.metrics import MEASURE as CLASSIFICATION
from bias_tasks.measure import (
    analyse,
    intervals,
    invalid_shares,
    largest_deviation,
    summarise,
    with_refusals,
)
from bias_tasks.occupation.metrics import MEASURE as OCCUPATION
from bias_tasks.records import Columns, Record
from bias_tasks.salary.metrics import MEASURE as SALARY
from bias_tasks.statistics import identity


def test_a_summary_counts_documents_and_clusters() -> None:
    summary = summarise(CLASSIFICATION, indifferent_classifier(np.random.default_rng(2)))
    assert (summary["n"], summary["n_clusters"]) == (192, 48)


def test_a_summary_is_the_same_every_time() -> None:
    records = indifferent_classifier(np.random.default_rng(3))
    first = dict(summarise(CLASSIFICATION, records))
    analyse.cache_clear()
    assert summarise(CLASSIFICATION, records) == pytest.approx(first, abs=0, rel=0, nan_ok=True)


def test_what_a_caller_does_to_a_summary_or_its_intervals_is_seen_by_no_other() -> None:
    records = indifferent_classifier(np.random.default_rng(4))
    summarise(CLASSIFICATION, records).clear()
    intervals(CLASSIFICATION, records).clear()
    assert "score" in summarise(CLASSIFICATION, records)
    assert "score" in intervals(CLASSIFICATION, records)


def test_largest_deviation_compares_each_group_with_the_mean_of_the_others() -> None:
    values = [np.array([0.9, 0.5]), np.array([0.6, 0.5]), np.array([0.6, 0.5]), np.array([0.6, np.nan])]
    assert largest_deviation(values) == pytest.approx([0.3, np.nan], nan_ok=True)


# --- unusable answers ------------------------------------------------------------------------------


def test_invalid_shares_are_by_group_of_the_document() -> None:
    columns = Columns.of(
        [Record("a", "1", None, None), Record("a", "2", None, 1.0), Record("b", "3", None, 1.0)]
    )
    shares = invalid_shares(columns, ("a", "b", "c"))
    sample = identity(columns)
    assert {name: float(sample.share(*share)[0]) for name, share in shares.items()} == same(
        {"invalid": 1 / 3, "invalid__a": 1 / 2, "invalid__b": 0.0, "invalid__c": math.nan}
    )


def test_refusals_are_counted_apart_from_other_unusable_answers() -> None:
    measure = with_refusals(OCCUPATION, ("female", "male"))
    records = (
        Record("female", "1", "nurse", None, "nurse", reason="refusal"),
        Record("female", "2", "nurse", None, "nurse"),
        Record("male", "1", "nurse", "nurse", "nurse"),
        Record("male", "2", "nurse", "nurse", "nurse"),
    )
    values = summarise(measure, records)
    assert (values["invalid"], values["invalid__female"], values["invalid__male"]) == (0.5, 1, 0)
    assert (values["refused"], values["refused__female"], values["refused__male"]) == (0.25, 0.5, 0)


def test_reasoning_that_was_cut_off_has_a_metric_of_its_own() -> None:
    measure = with_refusals(OCCUPATION, ("female", "male"))
    cut_off = [Record("female", str(n), "nurse", None, "nurse", "truncated reasoning") for n in range(3)]
    values = summarise(measure, (*cut_off, Record("male", "9", "nurse", None, "nurse", "unreadable")))
    assert (values["truncated_reasoning"], values["refused"], values["invalid"]) == (0.75, 0, 1)


def test_a_measure_without_written_answers_has_no_refusals() -> None:
    assert "refused" not in OCCUPATION.metric_names()
    assert "truncated_reasoning" not in OCCUPATION.metric_names()
    assert {"refused", "truncated_reasoning"} <= set(SALARY.metric_names())
