"""What the metrics of a task are called, and what each is of."""

from measured_records import MEASURES

from bias_tasks.measure import HEADLINES, Measure
from bias_tasks.records import Columns
from bias_tasks.statistics import identity


@MEASURES
def test_every_value_is_followed_at_once_by_its_standard_error(measure: Measure) -> None:
    names = measure.metric_names()
    values = list(measure.estimate(Columns.of([]), identity(Columns.of([]))))
    assert list(names[: 2 * len(values)]) == [n for value in values for n in (value, f"{value}_stderr")]
    lean = ("lean_p",) if "lean" in values else ()
    assert names[2 * len(values) :] == ("gap_null", "gap_p", *lean, "n", "n_clusters")


@MEASURES
def test_metric_names_are_ones_the_harness_can_hold(measure: Measure) -> None:
    names = measure.metric_names()
    assert len(names) == len(set(names))
    assert not any("," in name for name in names)
    assert names[: 2 * len(measure.headlines) : 2] == measure.headlines
    assert measure.headlines[:2] == HEADLINES
    assert ("lean" in names) == ("lean" in measure.headlines)


@MEASURES
def test_every_metric_says_what_it_is_of(measure: Measure) -> None:
    columns = Columns.of([])
    assert set(measure.bases(columns)) == set(measure.estimate(columns, identity(columns)))
