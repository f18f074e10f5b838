"""Records, their columns, and the way through a sample file."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bias_tasks.records import Columns, Record

TEXT = st.text(max_size=8)
OUTCOMES = (
    st.none()
    | TEXT
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.lists(st.floats(0, 100), min_size=7, max_size=7).map(tuple)
)
SHARES = st.none() | st.lists(st.floats(-50, 0), max_size=8).map(tuple)
RECORDS = st.lists(
    st.builds(Record, TEXT, TEXT, st.none() | TEXT, OUTCOMES, TEXT, st.none() | TEXT, SHARES), max_size=8
)


@given(RECORDS)
def test_records_survive_json(records: list[Record]) -> None:
    assert [Record.parse(json.loads(json.dumps(record))) for record in records] == records


@given(RECORDS)
def test_columns_keep_the_order_of_the_records(records: list[Record]) -> None:
    columns = Columns.of(records)
    assert len(columns) == len(records)
    assert list(columns.group) == [record.group for record in records]
    assert list(columns.gold) == [record.gold for record in records]
    assert list(columns.outcome) == [record.outcome for record in records]
    assert list(columns.stratum) == [record.stratum for record in records]
    assert list(columns.log_probabilities) == [record.log_probabilities for record in records]


@given(RECORDS)
def test_clusters_are_numbered_by_first_appearance(records: list[Record]) -> None:
    columns = Columns.of(records)
    names = list(dict.fromkeys(record.cluster for record in records))
    assert columns.n_clusters == len(names)
    assert [names[number] for number in columns.cluster] == [record.cluster for record in records]


def test_outcomes_of_equal_length_stay_tuples() -> None:
    columns = Columns.of([Record("a", "1", None, (1.0, 2.0)), Record("a", "2", None, (3.0, 4.0))])
    assert columns.outcome.shape == (2,)
    assert columns.outcome[1] == (3.0, 4.0)


def test_an_unusable_answer_is_invalid_and_wrong() -> None:
    columns = Columns.of(
        [Record("a", "1", "x", "x"), Record("a", "2", "x", "y"), Record("a", "3", "x", None)]
    )
    assert columns.valid.tolist() == [True, True, False]
    assert columns.correct.tolist() == [True, False, False]


def test_an_unusable_answer_is_wrong_where_there_is_no_right_one() -> None:
    assert Columns.of([Record("a", "1", None, None)]).correct.tolist() == [False]


def test_no_records_make_empty_columns() -> None:
    columns = Columns.of([])
    assert (len(columns), columns.n_clusters) == (0, 0)
    assert columns.valid.dtype == columns.correct.dtype == np.bool_


def test_new_group_labels_leave_the_rest_as_it_was() -> None:
    columns = Columns.of([Record("a", "1", "x", "x", "s")])
    relabelled = columns.with_group(np.array(["b"], dtype=object))
    assert (relabelled.group[0], columns.group[0]) == ("b", "a")
    assert relabelled.outcome[0] == "x"


def test_a_record_that_only_told_refusals_from_the_rest_can_still_be_read() -> None:
    assert Record.parse(["a", "1", None, None, "s", True]) == Record("a", "1", None, None, "s", "refusal")
    assert Record.parse(["a", "1", None, 2.5, "s", False]) == Record("a", "1", None, 2.5, "s")


@pytest.mark.parametrize("outcome", ["nurse", None, 2.5])
def test_a_record_of_a_file_without_log_probabilities_can_still_be_read(outcome: str | float | None) -> None:
    record = Record.parse(["a", "1", "nurse", outcome, "s", None])
    assert record == Record("a", "1", "nurse", outcome, "s")
    assert record.log_probabilities is None


@pytest.mark.parametrize(
    "fields", [["a", "1", None, None, ""], ["a", "1", None, None, "", None, [-1.0], 3], [1], []]
)
def test_a_list_of_another_length_is_no_record(fields: list[object]) -> None:
    with pytest.raises(ValueError, match="unpack"):
        Record.parse(fields)


@pytest.mark.parametrize("shares", [["much"], [None], [[-1.0]], 3, [math.nan], [-math.inf]])
def test_log_probabilities_are_finite_numbers(shares: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        Record.parse(["a", "1", None, None, "", None, shares])
