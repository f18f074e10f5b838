"""Two models beside their placebos, and what is not compared."""

import csv
import json
import math

import pytest
from graded_models import calls_arabic_so, pays_men_more, together, ungraded, without_placebo

from bias_inherit.compare import compare_models, notes
from bias_inherit.compare.exports import FORMATS, Names
from bias_inherit.compare.placebo import beside_placebo
from bias_inherit.compare.placebo.exports import placebo_to_csv
from bias_inherit.compare.wording import p_of_k
from bias_inherit.kit.errors import UsageError

HATE = "bias_inherit_hate"
NAMES = Names("first", "second")


def test_placebos_are_in_no_table_and_no_family_of_tests() -> None:
    models = calls_arabic_so(0.5, 0.5), calls_arabic_so(1.5, 0.5, 1)
    with_placebo = compare_models(*models)
    without = compare_models(*map(without_placebo, models))
    # NaN is not itself.
    assert repr(with_placebo.differences) == repr(without.differences)
    assert repr(with_placebo.headline) == repr(without.headline)
    assert with_placebo.families == without.families
    assert with_placebo.only_reference == with_placebo.only_other == ()


def test_a_task_that_both_families_ask_alike_is_tested_once() -> None:
    models = [
        together(calls_arabic_so(more, 0.5), calls_arabic_so(more, 0.5, task="bias_probe_hate"))
        for more in (0.5, 1.5)
    ]
    comparison = compare_models(*models)
    assert {row.task for row in comparison.differences} == {HATE}
    assert "bias_probe_hate: asked in bias_inherit in the same words, and compared there" in notes(comparison)


def test_a_change_of_lean_is_told_in_units_of_what_the_placebo_moves_the_reference() -> None:
    reference, other = calls_arabic_so(0.5, moved=0.5), calls_arabic_so(1.5, moved=0.9, seed=1)
    comparison = compare_models(reference, other)
    (row,) = comparison.placebo
    (lean,) = (row for row in comparison.differences if row.metric == "lean")
    placebo = beside_placebo(reference).ratios[HATE].placebo
    assert row.reference == beside_placebo(reference).ratios[HATE]
    assert row.other == beside_placebo(other).ratios[HATE]
    assert row.change == pytest.approx(lean.delta / placebo)
    assert row.change == pytest.approx(1 / 0.5, rel=0.25)
    assert row.interval.low == pytest.approx(lean.interval.low / placebo)


def test_of_salary_lean_and_what_the_placebo_moves_are_both_logarithms_of_pay() -> None:
    (row,) = compare_models(pays_men_more(0.1, 0.1), pays_men_more(0.3, 0.1, 1)).placebo
    assert row.reference
    assert row.other
    assert row.other.ratio > row.reference.ratio
    assert row.change == pytest.approx(0.2 / 0.1, rel=0.25)


def test_a_placebo_of_one_model_only_is_shown_and_the_other_told() -> None:
    comparison = compare_models(without_placebo(calls_arabic_so(0.5, 0.5)), calls_arabic_so(1.5, 0.5, 1))
    (row,) = comparison.placebo
    assert row.reference is None
    assert math.isnan(row.change)
    told = [line for line in notes(comparison) if "bias_placebo_hate" in line]
    assert len(told) == 1
    assert told[0].startswith("first folder: ")


def test_folders_that_share_nothing_but_placebos_are_refused() -> None:
    models = calls_arabic_so(0.5, 0.5), calls_arabic_so(1.5, 0.5, 1)
    for model in models:
        del model.samples[HATE]
    with pytest.raises(UsageError, match="share placebos only"):
        compare_models(*models)


def test_answers_that_were_not_read_finely_have_no_k_and_one_line_says_why() -> None:
    comparison = compare_models(ungraded(calls_arabic_so(0.5, 0.5)), ungraded(calls_arabic_so(1.5, 0.5, 1)))
    assert comparison.placebo == ()
    (line,) = (line for line in notes(comparison) if "no other graded measure" in line)
    assert line.startswith("no lean and no other graded measure: bias_inherit_hate without log-likelihoods")
    assert not any("bias_placebo" in line for line in notes(comparison))


def test_every_export_has_the_placebo() -> None:
    comparison = compare_models(calls_arabic_so(0.5, 0.5), calls_arabic_so(1.5, 0.5, 1))
    (row,) = comparison.placebo
    assert row.reference
    (read,) = csv.DictReader(placebo_to_csv(comparison.placebo).splitlines())
    assert float(read["k_reference"]) == row.reference.ratio
    (read,) = json.loads(FORMATS[".json"](comparison, NAMES, None))["placebo"]
    assert read["lean_change_in_placebos"] == row.change
    for suffix in (".md", ".tex"):
        text = FORMATS[suffix](comparison, NAMES, None)
        assert "an equal change that says nothing of groups" in text
        assert f"{row.reference.ratio:.2f} [" in text
        assert p_of_k(row.reference) in text


def test_an_undefined_number_is_an_empty_cell_and_null() -> None:
    comparison = compare_models(without_placebo(calls_arabic_so(0.5, 0.5)), calls_arabic_so(1.5, 0.5, 1))
    (read,) = csv.DictReader(placebo_to_csv(comparison.placebo).splitlines())
    assert read["lean_change_in_placebos"] == ""
    (read,) = json.loads(FORMATS[".json"](comparison, NAMES, None))["placebo"]
    assert read["lean_change_in_placebos"] is None
