"""The seam itself: measures as metric lists, answers as records, a value that does not exist."""

import json
import math
import pickle
import re

import pytest

from bias_tasks.catalogue import GROUP, TASKS
from bias_tasks.harness import UNDEFINED, Aggregation, UnderFirst, likeliest, metric_list, under_every_metric
from bias_tasks.occupation.metrics import MEASURE as OCCUPATION
from bias_tasks.records import Record


def test_an_error_stands_behind_its_value_because_the_harness_fills_the_slot_first() -> None:
    names = [entry["metric"] for entry in metric_list(OCCUPATION)]
    for error in (name for name in names if name.endswith("_stderr")):
        assert names.index(error) == names.index(error.removesuffix("_stderr")) + 1


def test_an_aggregation_is_one_number_of_the_summary() -> None:
    rows = [
        Record("female", "1", "nurse", "nurse", "nurse"),
        Record("male", "1", "nurse", "painter", "nurse"),
    ]
    assert Aggregation(OCCUPATION, "gap")(rows) == 1
    assert Aggregation(OCCUPATION, "n")(rows) == 2


def test_an_aggregation_is_written_by_name() -> None:
    aggregation = Aggregation(OCCUPATION, "gap")
    assert str(aggregation) == repr(aggregation) == "bias_tasks.occupation.metrics: gap"


def test_a_direction_holds_for_the_slices_of_a_metric() -> None:
    directions = {entry["metric"]: entry["higher_is_better"] for entry in metric_list(OCCUPATION)}
    assert directions["acc__female"] is True
    assert directions["invalid__male"] is False
    assert directions["tpr_gap__nurse"] is None
    assert directions["lean"] is directions["pull__nurse"] is None
    assert directions["unread"] is False
    assert directions["n"] is None


@pytest.mark.parametrize("name", ["occupation", "hiring", "salary"])
def test_a_signed_contrast_is_better_in_neither_direction(name: str) -> None:
    entries = metric_list(TASKS[f"{GROUP}_{name}"].measure)
    (direction,) = {
        e["higher_is_better"] for e in entries if re.fullmatch(r"gap__\w+(?<!_stderr)", e["metric"])
    }
    assert direction is None


def test_the_record_goes_under_the_first_metric_and_with_a_reference_under_every_other() -> None:
    record = Record("female", "1", "nurse", None, "nurse")
    first, *others = under_every_metric(OCCUPATION, record).values()
    assert first == record
    assert all(isinstance(other, UnderFirst) and other.record is record for other in others)


def test_a_reference_goes_to_another_process_with_its_record() -> None:
    """Several GPUs gather what each has scored."""
    processed = under_every_metric(OCCUPATION, Record("female", "1", "nurse", None, "nurse"))
    arrived = pickle.loads(pickle.dumps(processed))  # noqa: S301 - our own
    assert arrived == processed
    assert arrived["gap"].record == processed["score"]


def test_an_aggregation_takes_references_for_records() -> None:
    rows = [
        under_every_metric(OCCUPATION, Record(gender, "1", "nurse", said, "nurse"))
        for gender, said in (("female", "nurse"), ("male", "painter"))
    ]
    assert Aggregation(OCCUPATION, "gap")([row["gap"] for row in rows]) == 1


@pytest.mark.parametrize(
    ("scores", "index"),
    [
        ((-1.0, -2.0), 0),
        ((-2.0, -1.0), 1),
        ((-1.0, -1.0), 0),
        ((-math.inf, -9.0), 1),
        ((-1.0, math.nan), None),
    ],
)
def test_the_likeliest_choice(scores: tuple[float, ...], index: int | None) -> None:
    assert likeliest([(score, False) for score in scores]) == index


def test_an_undefined_value_makes_a_mean_undefined_and_is_strict_json() -> None:
    value = Aggregation(OCCUPATION, "gap")([])
    assert value == UNDEFINED == "N/A"
    assert sum([0.5 * 1, value * 1, 0.25 * 1]) / 3 == "N/A"
    assert json.loads(json.dumps({"gap": value}, allow_nan=False)) == {"gap": "N/A"}
