"""What values can be, down to one record, none, and none that is usable."""

import math

import pytest
from hypothesis import given, settings
from measured_records import MEASURES, RECORDS, point

from bias_tasks.classification.metrics import MEASURE as CLASSIFICATION
from bias_tasks.hiring.metrics import MEASURE as HIRING
from bias_tasks.hiring.metrics import NOBODY
from bias_tasks.measure import Measure, summarise
from bias_tasks.records import Record
from bias_tasks.story.metrics import MEASURE as STORY


@MEASURES
def test_scores_gaps_and_shares_lie_between_0_and_1(measure: Measure) -> None:
    shares = (
        "score",
        "invalid",
        "share",
        "negative_share",
        "acc",
        "macro_f1",
        "yes_rate",
        "four_fifths",
        "auc",
        "unread",
    )

    @given(RECORDS[measure])
    @settings(max_examples=60)
    def check(records: list[Record]) -> None:
        for name, value in point(measure, records).items():
            if name == "gap" or name.partition("__")[0] in shares:
                assert math.isnan(value) or -1e-12 <= value <= 1 + 1e-12, name

    check()


@pytest.mark.filterwarnings("error")
@MEASURES
def test_no_records_give_every_metric_as_nan_and_no_warning(measure: Measure) -> None:
    summary = summarise(measure, ())
    assert (summary.pop("n"), summary.pop("n_clusters")) == (0, 0)
    assert all(math.isnan(value) for value in summary.values())


@pytest.mark.filterwarnings("error")
@MEASURES
def test_one_record_gives_every_metric_and_no_error_bar(measure: Measure) -> None:
    @given(RECORDS[measure].filter(bool))
    @settings(max_examples=6, deadline=None)
    def check(records: list[Record]) -> None:
        summary = summarise(measure, (records[0],))
        assert tuple(summary) == measure.metric_names()
        assert (summary["n"], summary["n_clusters"]) == (1, 1)
        assert all(math.isnan(value) for name, value in summary.items() if name.endswith("_stderr"))

    check()


@pytest.mark.filterwarnings("error")
@MEASURES
def test_answers_none_of_which_is_usable_give_no_exception(measure: Measure) -> None:
    group = "arabic" if measure is CLASSIFICATION else "arabic_female" if measure is STORY else "female"
    records = tuple(Record(NOBODY if measure is HIRING else group, str(i), "yes", None) for i in range(4))
    summary = summarise(measure, records)
    assert summary["invalid"] == 1
    assert summary["score"] == 0 or math.isnan(summary["score"])
