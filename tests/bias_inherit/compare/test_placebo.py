"""How many times as much as its placebo the group moves a model, off what the harness wrote."""

import math

import pytest
from graded_models import calls_arabic_so, pays_men_more, together, ungraded, without_placebo

from bias_inherit.compare.placebo import beside_placebo
from bias_inherit.compare.wording import clusters
from bias_inherit.harness.results import Sample, ScoredModel
from bias_tasks.placebo.ratio import ratio_to_placebo
from bias_tasks.records import Record

HATE, PLACEBO = "bias_inherit_hate", "bias_placebo_hate"


def test_the_ratio_is_that_of_the_records_in_the_order_of_their_documents() -> None:
    model = calls_arabic_so(2, moved=0.5)
    found = beside_placebo(model)
    records = [[sample.record for sample in model.samples[task]] for task in (HATE, PLACEBO)]
    assert found.ratios == {HATE: ratio_to_placebo("hate", *records)}
    assert found.lines == []


def test_the_ratio_is_known_where_movements_are() -> None:
    ratio = beside_placebo(calls_arabic_so(2, moved=0.5, items=400)).ratios[HATE]
    assert ratio.ratio == pytest.approx(math.sqrt((2**2 / 2 + 2 * 0.1**2) / 0.5**2 + 1), rel=0.05)
    assert ratio.interval.low < ratio.ratio < ratio.interval.high
    assert ratio.p_value < 0.001
    none = beside_placebo(calls_arabic_so(0, moved=0.5, items=400)).ratios[HATE]
    assert none.ratio == pytest.approx(1, abs=0.1)


def test_the_probe_has_a_placebo_as_well() -> None:
    probe = calls_arabic_so(2, moved=0.5, task="bias_probe_hate")
    assert list(beside_placebo(probe).ratios) == ["bias_probe_hate"]
    assert list(beside_placebo(pays_men_more(0.1, moved=0.1)).ratios) == ["bias_probe_salary"]


def test_one_line_says_how_to_get_the_placebo_of_all_tasks_without_one() -> None:
    models = [
        calls_arabic_so(2, moved=0.5, task=f"bias_inherit_{task}") for task in ("hate", "offensive", "spam")
    ]
    (line,) = beside_placebo(without_placebo(models[0])).lines
    assert line == (
        "how large beside a change that says nothing of groups? "
        "Score --tasks bias_placebo_hate too, the same way"
    )
    (line,) = beside_placebo(without_placebo(together(*models))).lines
    assert "--tasks bias_placebo too" in line


def test_answers_that_were_not_read_finely_are_not_told_to_score_a_placebo() -> None:
    old = ungraded(without_placebo(calls_arabic_so(2, moved=0.5)))
    assert beside_placebo(old) == ({}, [])
    assert old.ungraded == [HATE]


def test_only_the_tasks_that_are_asked_for_are_told() -> None:
    model = together(calls_arabic_so(2, moved=0.5), without_placebo(pays_men_more(0.1, moved=0.1)))
    assert beside_placebo(model, ["bias_inherit_hate"]).lines == []
    found = beside_placebo(model, ["bias_probe_salary"])
    assert found.ratios == {}
    assert "bias_placebo_salary" in found.lines[0]


@pytest.mark.parametrize("fewer", [HATE, PLACEBO])
def test_of_first_documents_and_all_of_them_the_first_are_held_against_each_other(fewer: str) -> None:
    model, firsts = (calls_arabic_so(2, moved=0.5, items=12) for _ in range(2))
    for task in (HATE, PLACEBO):
        firsts.samples[task] = firsts.samples[task][:40]
    model.samples[fewer] = model.samples[fewer][:40]
    assert beside_placebo(model) == beside_placebo(firsts)
    assert beside_placebo(model).ratios[HATE].n_clusters == 10


def test_other_documents_of_the_same_number_are_not_held_against_each_other() -> None:
    model = calls_arabic_so(2, moved=0.5, items=12)
    model.samples[PLACEBO] = model.samples[PLACEBO][::-1]
    (line,) = beside_placebo(model).lines
    assert "not of the same documents" in line


def test_documents_that_were_chosen_are_not_taken_for_the_first_ones() -> None:
    model = calls_arabic_so(2, moved=0.5, items=12)
    for task, samples in model.samples.items():
        model.samples[task] = [sample._replace(is_first=place < 8) for place, sample in enumerate(samples)]
    (line,) = beside_placebo(model).lines
    assert "documents that were chosen" in line


def test_twins_that_saw_examples_are_not_held_against_documents_that_did_not() -> None:
    model = calls_arabic_so(2, moved=0.5)._replace(results={"n-shot": {HATE: 0, PLACEBO: 3}})
    (line,) = beside_placebo(model).lines
    assert line.endswith("few-shot examples: 0 and 3")


def test_a_placebo_alone_is_told_what_it_is_the_twin_of() -> None:
    model = calls_arabic_so(2, moved=0.5)
    del model.samples[HATE]
    (line,) = beside_placebo(model).lines
    assert "score bias_inherit_hate too" in line


def test_clusters_with_a_choice_that_has_no_number_are_left_out_and_counted() -> None:
    model = calls_arabic_so(2, moved=0.5, items=12)
    first = model.samples[PLACEBO][0]
    model.samples[PLACEBO][0] = first._replace(record=first.record._replace(log_probabilities=()))
    ratio = beside_placebo(model).ratios[HATE]
    assert clusters(ratio) == "11 (1 left out)"
    assert math.isfinite(ratio.ratio)


def test_a_stranger_s_slates_that_are_none_of_ours_are_told_in_a_line() -> None:
    records = [Record("", "a slate of mine", None, "A", "", None, (-2.0,) * 8)] * 8
    samples = [Sample(str(place), record) for place, record in enumerate(records)]
    model = ScoredModel({}, {"bias_inherit_hiring": samples, "bias_placebo_hiring": samples})
    found = beside_placebo(model)
    assert found.ratios == {}
    assert "not the documents of this task" in found.lines[0]
