"""What must change no value: order, names of clusters, documents that a metric is not of."""

from collections import Counter
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measured_records import MEASURES, RECORDS, indifferent_classifier, point, same

from bias_tasks.classification.metrics import MEASURE as CLASSIFICATION
from bias_tasks.hiring.metrics import MEASURE as HIRING
from bias_tasks.hiring.metrics import NOBODY
from bias_tasks.measure import Measure, summarise
from bias_tasks.records import Columns, Record
from bias_tasks.salary.metrics import MEASURE as SALARY
from bias_tasks.statistics import cluster_bootstrap, identity, standard_error


@MEASURES
def test_values_do_not_depend_on_the_order_of_documents(measure: Measure) -> None:
    @given(RECORDS[measure], st.randoms(use_true_random=False))
    @settings(max_examples=40)
    def check(records: list[Record], random: Random) -> None:
        shuffled = list(records)
        random.shuffle(shuffled)
        assert point(measure, shuffled) == same(point(measure, records))

    check()


def test_the_order_of_documents_changes_no_number() -> None:
    records = indifferent_classifier(np.random.default_rng(4))
    dealt_to_two = (*records[::2], *records[1::2])
    assert summarise(CLASSIFICATION, dealt_to_two) == pytest.approx(
        summarise(CLASSIFICATION, records), abs=0, rel=0, nan_ok=True
    )


@MEASURES
def test_values_and_errors_do_not_depend_on_the_names_of_clusters(measure: Measure) -> None:
    @given(RECORDS[measure])
    @settings(max_examples=40)
    def check(records: list[Record]) -> None:
        renamed = [record._replace(cluster=record.cluster[::-1] + "?") for record in records]
        before, after = Columns.of(records), Columns.of(renamed)
        errors = []
        for columns in (before, after):
            draws = measure.estimate(columns, cluster_bootstrap(columns, draws=20))
            errors.append({name: standard_error(draw, columns.n_clusters) for name, draw in draws.items()})
        assert errors[1] == same(errors[0])
        assert point(measure, renamed) == same(point(measure, records))

    check()


@MEASURES
def test_each_resample_equals_the_records_repeated(measure: Measure) -> None:
    @given(RECORDS[measure])
    @settings(max_examples=25)
    def check(records: list[Record]) -> None:
        columns = Columns.of(records)
        sample = cluster_bootstrap(columns, draws=3)
        estimates = measure.estimate(columns, sample)
        for draw, weights in enumerate(sample.weights):
            repeated = [
                record._replace(cluster=f"{record.cluster} copy {copy}")
                for record, cluster in zip(records, columns.cluster, strict=True)
                for copy in range(int(weights[cluster]))
            ]
            assert {n: float(v[draw]) for n, v in estimates.items()} == same(point(measure, repeated))

    check()


@MEASURES
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_metric_does_not_depend_on_documents_that_it_is_not_of(
    measure: Measure, data: st.DataObject
) -> None:
    columns = Columns.of(data.draw(RECORDS[measure]))
    values = measure.estimate(columns, identity(columns))
    metrics_of: dict[tuple[bool, ...], list[str]] = {}
    for metric, basis in measure.bases(columns).items():
        if metric in values and not basis.documents.all():
            metrics_of.setdefault(tuple(basis.documents), []).append(metric)
    other = 6_000.0 if measure is SALARY else None  # there a pair counts only if both were answered
    for documents, metrics in metrics_of.items():
        chosen = np.array(documents)
        without = replace(columns, outcome=np.where(chosen | ~columns.valid, columns.outcome, other))
        if measure is HIRING:  # there the group is an answer
            without = without.with_group(np.where(chosen, columns.group, NOBODY))
        alone = measure.estimate(without, identity(without))
        for metric in metrics:
            assert alone[metric] == pytest.approx(values[metric], nan_ok=True), metric


@MEASURES
def test_a_shuffle_moves_labels_and_nothing_else(measure: Measure) -> None:
    @given(RECORDS[measure], st.integers(0, 1000))
    @settings(max_examples=40)
    def check(records: list[Record], seed: int) -> None:
        columns = Columns.of(records)
        shuffled = measure.shuffle(columns, np.random.default_rng(seed))
        assert (shuffled.cluster == columns.cluster).all()
        assert list(shuffled.outcome) == list(columns.outcome)
        assert list(shuffled.gold) == list(columns.gold)
        if measure is not HIRING:  # there a slate's candidates swap, not its documents
            assert Counter(shuffled.group) == Counter(columns.group)

    check()
