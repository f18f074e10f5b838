"""Intervals and errors of differences."""

import math

import numpy as np
import pytest
from scipy import stats
from scored_models import (
    CULTURES,
    GENDERS,
    HATE,
    OCCUPATION,
    chooser,
    difference,
    occupation,
    one_group_only,
    reader,
    right_answers,
)

from bias_inherit.compare import compare, estimates
from bias_inherit.compare.differences import records_of
from bias_inherit.harness.results import Sample, ScoredModel
from bias_tasks.records import Columns, Record
from bias_tasks.statistics import (
    SIGNIFICANCE,
    cluster_bootstrap,
    is_equivalent,
    percentile_bounds,
    unseen_share,
)


def test_two_models_that_answer_alike_may_still_differ_by_what_is_unseen() -> None:
    model = occupation(lambda i, _: "nurse" if i % 3 else "dentist")
    score = difference(compare(model, model), "score")
    assert score.interval == pytest.approx((-unseen_share(40), unseen_share(40)))
    assert not is_equivalent(score.equivalence_interval, 0.02)
    assert is_equivalent(score.equivalence_interval, 0.2)


def test_no_interval_is_a_point_even_where_a_rare_label_is_missing_in_some_draws() -> None:
    jobs = ["dentist", *["nurse"] * 39]
    samples = [
        Sample(f"{i}-{gender}", Record(gender, str(i), job, job, job))
        for i, job in enumerate(jobs)
        for gender in GENDERS
    ]
    model = ScoredModel({}, {OCCUPATION: samples})
    found = compare(model, model)
    rare = difference(found, "tpr_gap__dentist")
    assert rare.delta == 0
    assert np.isnan([rare.interval, rare.equivalence_interval]).all()
    assert not is_equivalent(rare.equivalence_interval, 0.2)
    for d in found:
        assert not d.interval.high - d.interval.low <= 0


def test_the_interval_for_equivalence_of_what_is_no_share_is_the_narrower_one() -> None:
    for d in compare(reader([0.8] * 4, 3), reader([0.7, 0.8, 0.9, 0.6], 4)):
        if d.effect_is == "d" and not math.isnan(d.interval.low):
            assert (
                d.interval.low <= d.equivalence_interval.low <= d.equivalence_interval.high <= d.interval.high
            )


def test_the_draws_of_a_difference_are_a_plain_loop_over_both_models() -> None:
    one, other = reader([0.8] * 4, 5), reader([0.8, 0.7, 0.9, 0.6], 6)
    columns = [Columns.of(records_of(model.samples[HATE])) for model in (one, other)]
    draws = []
    for weights in cluster_bootstrap(columns[0]).weights:
        right = [
            sum(weights[c] for c, hit in zip(model.cluster, model.correct, strict=True) if hit)
            for model in columns
        ]
        draws.append((right[1] - right[0]) / (48 * 4))
    acc = difference(compare(one, other), "acc")
    assert acc.stderr == pytest.approx(np.std(draws, ddof=1))
    assert acc.interval == pytest.approx(tuple(map(float, percentile_bounds(np.array(draws), 48))))


def test_the_interval_of_a_share_s_difference_is_nearly_scipy_s_paired_t() -> None:
    one, other = reader([0.8] * 4, 7, items=150), reader([0.6] * 4, 8, items=150)
    by_item = [right_answers(model, CULTURES).reshape(150, 4).mean(axis=1) for model in (one, other)]
    witness = stats.ttest_rel(by_item[1], by_item[0])
    acc = difference(compare(one, other), "acc")
    assert acc.interval == pytest.approx(tuple(witness.confidence_interval(0.95)), abs=0.01)
    assert acc.equivalence_interval == pytest.approx(tuple(witness.confidence_interval(0.9)), abs=0.01)


def test_two_opposite_models_differ_by_no_more_than_a_gap_can_be() -> None:
    fair, always = chooser(0.5, 3, invalid=0.0), one_group_only()
    gap = difference(compare(fair, always), "gap")
    assert gap.p <= SIGNIFICANCE
    assert 0 < gap.interval.low < gap.interval.high <= 7 / 8
    assert not gap.stands_out  # a change of a gap is described, and never starred
    assert gap.equivalence_interval.high <= 7 / 8
    reader_of_men = occupation(lambda i, g: "nurse" if g == "male" else "dentist")
    reader_of_none = occupation(lambda i, _: "dentist")
    for d in compare(reader_of_none, reader_of_men):
        assert not d.interval.low < -1
        assert not d.interval.high > 1
    assert difference(compare(reader_of_none, reader_of_men), "gap").interval.low > 0


def test_pairing_makes_the_interval_narrower_than_two_separate_errors() -> None:
    hard = set(range(0, 40, 2))
    one = occupation(lambda i, _: "dentist" if i in hard else "nurse")
    other = occupation(lambda i, _: "dentist" if i in hard or i == 1 else "nurse")
    paired = difference(compare(one, other), "score").stderr
    apart = math.hypot(*(estimates(model, OCCUPATION)["score"].stderr for model in (one, other)))
    assert paired < apart / 2


def test_the_paired_error_of_a_mean_is_the_closed_form_within_bootstrap_noise() -> None:
    rng = np.random.default_rng(1)
    right = rng.random((2, 200)) < [[0.7], [0.6]]
    one, other = (
        occupation(lambda i, _, row=row: "nurse" if row[i] else "dentist", biographies=200) for row in right
    )
    deltas = right[1].astype(float) - right[0]
    assert difference(compare(one, other), "score").stderr == pytest.approx(
        deltas.std() / math.sqrt(200), rel=0.06
    )


def test_below_ten_clusters_there_is_no_interval_and_nothing_stands_out() -> None:
    fair = occupation(lambda i, _: "nurse", biographies=9)
    unfair = occupation(lambda i, g: "nurse" if g == "male" else "dentist", biographies=9)
    gap = difference(compare(fair, unfair), "gap")
    assert gap.delta == 1
    assert math.isnan(gap.interval.low)
    assert not gap.stands_out
