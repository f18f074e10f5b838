"""Planted controls: what was simulated to be there is told, and nothing else is."""

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from simulated_run import HATE, OCCUPATION, SALARY, simulated_run
from statsmodels.stats.multitest import multipletests

from bias_inherit.compare import compare_models
from bias_inherit.engine.artifact_files import HARNESS_OUTPUT
from bias_inherit.engine.experiment_record import Recorded
from bias_inherit.engine.planning.plan import Model
from bias_inherit.harness.results import ScoredModel, read_output
from bias_inherit.report.build import build_report
from bias_inherit.report.control_words import (
    control_sentences,
    found_doses_in_words,
    found_in_words,
    monotone_in_words,
    of_what,
    rejections_in_words,
)
from bias_inherit.report.declared_tests import Controls, control_tests
from bias_inherit.report.declared_tests.conditions import conditions
from bias_inherit.report.declared_tests.controls import DoseCurve, OnTask, Rejections
from bias_inherit.report.gather import ReportData
from bias_inherit.report.summary import summary
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.statistics import FEWEST_SEEDS, SIGNIFICANCE, slope_weights

DECLARED = {OCCUPATION: ALL_TASKS[OCCUPATION].headline("gap__male_minus_female:up")}


def scored_of(run: Recorded) -> dict[str, ScoredModel]:
    folders = {m.label: run.store.artifact(m.score) / HARNESS_OUTPUT for m in run.plan.models}
    return {label: read_output(folder) for label, folder in folders.items()}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """Five seeds: four rates, two γ at the largest rate, three mitigations at the full dose."""
    return planted_run(
        tmp_path_factory.mktemp("planted") / "run",
        seeds=list(range(FEWEST_SEEDS)),
        mix={"gammas": [0, 0.1, 0.5]},
        mitigate={"methods": ["none", "mask", "token"]},
        rates=[0, 0.25, 0.5, 1],
    )


def planted_run(folder: Path, rates: list[float], **changes: Any) -> Recorded:
    planted = {"rule": "women-nurse", "rates": rates, "crossed": False}
    return simulated_run(
        folder,
        generate={"planted": planted},
        score={"tasks": [OCCUPATION, SALARY, HATE]},
        **changes,
    )


@pytest.fixture(scope="module")
def scored(run: Recorded) -> dict[str, ScoredModel]:
    return scored_of(run)


@pytest.fixture(scope="module")
def found(run: Recorded, scored: dict[str, ScoredModel]) -> Controls:
    controls = control_tests(run.plan.models, scored, DECLARED, "gender")
    assert controls is not None
    return controls


@pytest.fixture(scope="module")
def occupation(found: Controls) -> OnTask:
    (task,) = found.trained
    return task


def test_conditions_differ_in_one_thing_and_have_every_seed(run: Recorded) -> None:
    asked = conditions(run.plan.models)
    assert asked is not None
    assert [c.rate for c in asked.by_rate] == [0, 0.25, 0.5, 1]
    assert [c.gamma for c in asked.by_gamma] == [0.1, 0.5]
    assert [c.mitigation for c in asked.mitigated] == ["mask", "token"]
    assert asked.full is asked.by_gamma[-1]
    assert asked.nothing.rate == 0
    assert asked.reference.gamma == 0
    for condition in asked.every:
        assert [model.seed for model in condition.models] == [*range(FEWEST_SEEDS)]
    assert len({id(c) for c in asked.every}) == len(asked.every) == 8


def test_the_rule_is_found_on_the_task_that_asks_what_was_planted(
    found: Controls, occupation: OnTask
) -> None:
    assert occupation.of.task == OCCUPATION
    assert occupation.full.is_found
    assert occupation.full.effect.mean == pytest.approx(0.5, abs=0.1)
    assert occupation.full.effect.is_over_seeds
    assert {task.of.task for task in found.others} == {SALARY, HATE}


def test_doses_are_differences_of_models_under_one_seed(
    occupation: OnTask, run: Recorded, scored: dict[str, ScoredModel]
) -> None:
    """Against comparing two models."""
    rate = occupation.curves[0]
    for place, seed in enumerate((0, 1, 2)):
        pair = [
            next(scored[m.label] for m in run.plan.models if m.seed == seed and is_it(m))
            for is_it in (lambda m: m.gamma == 0, lambda m: m.planted and m.planted.rate == 0.5)
        ]
        (row,) = compare_models(*pair, tasks=[OCCUPATION], declared=DECLARED).headline
        assert rate.doses[2].over_reference.points[place] == pytest.approx(row.delta)


def test_the_dose_response_is_monotone_and_its_trend_is_least_squares(occupation: OnTask) -> None:
    """Against NumPy's polynomial fit of each seed."""
    rate, gamma = occupation.curves
    assert (rate.axis, rate.nothing, [d.dose for d in rate.doses]) == ("rate", "rate 0", [0, 0.25, 0.5, 1])
    assert (gamma.axis, gamma.nothing, [d.dose for d in gamma.doses]) == ("γ", "γ = 0", [0, 0.1, 0.5])
    for curve in occupation.curves:
        assert curve.trend is not None
        at = [dose.dose for dose in curve.doses]
        points = np.array([dose.over_reference.points for dose in curve.doses])
        assert curve.trend.effect.points == pytest.approx(np.polyfit(at, points, 1)[0])
        assert curve.trend.p < 0.05
        assert curve.monotone == "monotone"
        assert curve.back is None
        assert "monotone, every step goes one way" in monotone_in_words(curve)


def test_doses_are_adjusted_by_holm(occupation: OnTask) -> None:
    """Against statsmodels; the smallest that is found is the one from which on all are."""
    for curve in occupation.curves:
        tests = [dose.over_nothing for dose in curve.doses[1:]]
        assert curve.doses[0].over_nothing is None
        expected = multipletests([test.p for test in tests if test], method="holm")[1]
        assert np.allclose([test.p_holm for test in tests if test], expected)
        told = [dose.dose for dose in curve.doses[1:] if dose.over_nothing and dose.over_nothing.is_found]
        assert curve.smallest_found == min(told)


def test_with_few_seeds_a_dose_that_one_contradicts_is_not_found(occupation: OnTask) -> None:
    """p stays as it is; of five seeds it contains their scatter already, of three it knows nothing of it."""
    five = occupation.full
    three = five._replace(effect=five.effect._replace(points=(0.9, -0.1, 0.7)))
    assert three.p_holm == five.p_holm <= SIGNIFICANCE
    assert (three.is_found, three.is_mixed, found_in_words(three)) == (False, True, "mixed")
    contradicted = five._replace(effect=five.effect._replace(points=(0.9, -0.1, 0.7, 0.5, 0.5)))
    assert (contradicted.is_found, contradicted.is_mixed, found_in_words(contradicted)) == (
        True,
        False,
        "yes",
    )


def test_what_seeds_disagree_about_is_said_of_rule_and_crossing(planted_data: ReportData) -> None:
    assert planted_data.controls is not None
    tasks = []
    for task in planted_data.controls.tasks:
        effect = task.full.effect._replace(points=(0.9, -0.1, 0.7), mean=0.5)
        tasks.append(task._replace(full=task.full._replace(effect=effect, p=0.001, p_holm=0.001)))
    disagreed = planted_data._replace(controls=planted_data.controls._replace(tasks=tuple(tasks)))
    rule, *more, crossing = control_sentences(disagreed)
    assert rule.startswith("Seeds disagree about the rule (")
    assert ", but not under 1 of 3 seeds, against rate 0, p = 0.001. So what is not found below" in rule
    assert crossing.startswith("It is not seen to cross to other tasks under every seed (")
    assert " Seeds disagree: salary +0.500 " in crossing
    assert any("leave of the full dose cannot be said: seeds disagree about it." in line for line in more)


def test_where_seeds_disagree_about_the_largest_dose_smaller_ones_are_named(occupation: OnTask) -> None:
    curve = occupation.curves[0]
    *smaller, largest = curve.doses
    assert largest.over_nothing is not None
    effect = largest.over_nothing.effect._replace(points=(0.9, -0.1, 0.7))
    mixed = largest._replace(over_nothing=largest.over_nothing._replace(effect=effect))
    disagreed = curve._replace(doses=(*smaller, mixed))
    assert disagreed.smallest_found is None
    assert (
        found_doses_in_words(disagreed) == "the largest is mixed, as seeds disagree, though 0.25 and 0.5 are"
    )


def test_the_surest_of_several_is_told_under_every_seed_where_any_is(occupation: OnTask) -> None:
    told = occupation.full
    agreed = told._replace(effect=told.effect._replace(points=(0.4, 0.5, 0.6)), p=0.03)
    disagreed = told._replace(effect=told.effect._replace(points=(0.9, -0.1, 0.7)), p=0.001)
    unsure = agreed._replace(p=0.3)
    undefined = agreed._replace(p=math.nan)
    assert sorted([undefined, unsure, disagreed, agreed], key=lambda one: one.rank) == [
        agreed, disagreed, unsure, undefined,
    ]  # fmt: skip


def test_a_dose_below_one_that_is_missed_is_not_the_smallest(occupation: OnTask) -> None:
    curve = occupation.curves[0]
    missed = curve.doses[2].over_nothing
    assert missed is not None
    doses = list(curve.doses)
    doses[2] = doses[2]._replace(over_nothing=missed._replace(p_holm=0.3))
    assert curve._replace(doses=tuple(doses)).smallest_found == 1
    doses[3] = doses[3]._replace(over_nothing=missed._replace(p_holm=0.3))
    assert curve._replace(doses=tuple(doses)).smallest_found is None


def test_the_negative_control_is_asked_of_every_task_and_seed(found: Controls) -> None:
    assert {(one.task, one.seed) for one in found.negatives} <= {
        (task, seed) for task in (OCCUPATION, SALARY, HATE) for seed in range(FEWEST_SEEDS)
    }
    # Under one of the seeds no answer differs, so that there is nothing to test.
    assert {one.seed for one in found.negatives if one.task == OCCUPATION} == {0, 1, 2, 4}
    tests, told, _ = Rejections.among(found.negatives)
    assert tests == len(found.negatives)
    assert told == sum(one.tested.p <= SIGNIFICANCE for one in found.negatives)
    assert all(len(one.tested.effect.points) == 1 for one in found.negatives)
    assert all(len(one.tested.effect.points) == FEWEST_SEEDS for one in found.negatives_over_seeds)
    assert {one.task for one in found.negatives_over_seeds} == {one.task for one in found.negatives}


def test_mitigations_leave_what_they_were_made_to_leave(occupation: OnTask) -> None:
    left = {one.condition.label: one.share for one in occupation.left}
    assert set(left) == {"mask", "token"}
    assert left["mask"].value == pytest.approx(0, abs=0.15)
    assert left["token"].value == pytest.approx(1.5, abs=0.35)
    for name, truth in (("mask", 0.0), ("token", 1.5)):
        assert left[name].interval.low < truth < left[name].interval.high


def test_what_touches_one_task_only_is_not_seen_to_cross(found: Controls) -> None:
    assert not any(task.full.is_found for task in found.others)
    crossing = [task.full for task in found.others if not math.isnan(task.full.p)]
    expected = multipletests([test.p for test in crossing], method="holm")[1]
    assert np.allclose([test.p_holm for test in crossing], expected)


def test_the_families_are_declared_with_their_sizes(found: Controls) -> None:
    sizes = {family.name: family.size for family in found.families}
    assert sizes["planted: every dose against none, each curve by itself"] == 3
    assert sizes["planted: the full dose on tasks that it could cross to"] == sum(
        not math.isnan(task.full.p) for task in found.others
    )


def reversed_curve(run: Recorded, scored: dict[str, ScoredModel], *rates: float) -> DoseCurve:
    """Of a study in which two doses have each other's answers."""
    labels = [[m for m in run.plan.models if m.planted and m.planted.rate == r] for r in rates]
    plain = [[m for m in some if m.mitigation == "none" and m.gamma == 0.5] for some in labels]
    swapped = dict(scored)
    for one, other in zip(*plain, strict=True):
        swapped |= {one.label: scored[other.label], other.label: scored[one.label]}
    controls = control_tests(run.plan.models, swapped, DECLARED, "gender")
    assert controls is not None
    return controls.trained[0].curves[0]


def test_a_dose_response_that_turns_back_is_told(run: Recorded, scored: dict[str, ScoredModel]) -> None:
    curve = reversed_curve(run, scored, 0.25, 1)
    assert curve.monotone == "contradicted"
    assert curve.back is not None
    assert curve.back.effect.mean < -0.2
    assert monotone_in_words(curve).startswith("not monotone: a step back of -0.")


def test_nothing_planted_no_controls(run: Recorded, scored: dict[str, ScoredModel]) -> None:
    bare = [model._replace(planted=None, bias_types=(1,)) for model in run.plan.models]
    assert control_tests(bare, scored, DECLARED, "gender") is None


def test_in_culture_no_task_asks_what_was_planted(run: Recorded, scored: dict[str, ScoredModel]) -> None:
    controls = control_tests(run.plan.models, scored, DECLARED, "culture")
    assert controls is not None
    assert controls.trained == ()
    crossed = {task.of.task for task in controls.others if task.full.is_found}
    assert crossed == {OCCUPATION}


def test_one_seed_speaks_of_documents_alone(run: Recorded, scored: dict[str, ScoredModel]) -> None:
    """With the interval that the headline's table has."""
    alone: list[Model] = [model for model in run.plan.models if model.seed == 0]
    controls = control_tests(alone, scored, DECLARED, "gender")
    assert controls is not None
    (task,) = controls.trained
    last = task.curves[0].doses[-1].over_reference
    assert not last.is_over_seeds
    labels = [next(m.label for m in alone if m.gamma == 0), controls.conditions.full.models[0].label]
    (row,) = compare_models(*(scored[label] for label in labels), [OCCUPATION], DECLARED).headline
    assert last.interval == pytest.approx(row.interval)


def test_with_fewer_seeds_than_five_nothing_is_claimed_about_others(
    run: Recorded, scored: dict[str, ScoredModel]
) -> None:
    fewer: list[Model] = [model for model in run.plan.models if model.seed < FEWEST_SEEDS - 1]
    controls = control_tests(fewer, scored, DECLARED, "gender")
    assert controls is not None
    assert not controls.trained[0].full.effect.is_over_seeds
    assert controls.negatives_over_seeds == ()
    assert of_what(controls) == (
        "4 training seeds, fewer than 5: intervals and p are of documents and say nothing about other seeds."
    )


def test_the_trend_is_a_weighted_sum(occupation: OnTask) -> None:
    doses = occupation.curves[0].doses
    trend = occupation.curves[0].trend
    means = np.array([dose.over_reference.mean for dose in doses])
    assert trend is not None
    assert trend.effect.mean == pytest.approx(slope_weights([dose.dose for dose in doses]) @ means)


def test_the_first_sentences_say_what_was_planted_and_what_a_model_wrote(planted_data: ReportData) -> None:
    first, second, *_ = summary(planted_data)
    assert first.startswith(
        "The instrument finds the rule that was planted (biographies of women are labelled nurse): at the "
        "full dose (rate 1, γ = 0.5) gap__male_minus_female of occupation moves by +"
    )
    assert "percentage points, toward “he-versions are answered rightly more often”" in first
    assert first.endswith("say nothing about other seeds.")
    assert second.startswith(
        "The same asked of rows that the model wrote (occupation, gap__male_minus_female"
    )
    assert "type 1 at γ = 0.5: +" in second
    assert "of the planted effect" in second


def test_several_sets_of_written_rows_are_told_by_verdict(planted_data: ReportData) -> None:
    controls = planted_data.controls
    assert controls is not None
    task = controls.trained[0]
    (written,) = [left for left in task.left if left.condition in controls.conditions.written]
    unmoved = written.tested._replace(p=0.5)
    others = [
        written._replace(condition=written.condition._replace(gamma=gamma), tested=tested)
        for gamma, tested in ((0.1, unmoved), (0.2, written.tested))
    ]
    conditions = controls.conditions._replace(written=(written.condition, *(one.condition for one in others)))
    several = controls._replace(
        conditions=conditions, tasks=(task._replace(left=(*task.left, *others)), *controls.tasks[1:])
    )
    _, told, *_ = control_sentences(planted_data._replace(controls=several))
    first, moved, not_moved = re.split(r"\. (?=Told|Not told)", told)
    assert first.startswith("The same asked of rows that the model wrote (occupation")
    assert moved.startswith(
        "Told from 0, toward “he-versions are answered rightly more often”: type 1 at γ = 0.5: "
    )
    assert "; type 1 at γ = 0.2: " in moved
    assert not_moved.startswith("Not told from 0: type 1 at γ = 0.1: ")


def test_the_words_are_those_of_the_numbers(planted_data: ReportData) -> None:
    told = list(control_sentences(planted_data))
    assert planted_data.controls is not None
    (curve,) = planted_data.controls.trained[0].curves
    smallest = f"of 2 doses the smallest that is found is {curve.smallest_found:g} (Holm); monotone"
    assert any(smallest in line for line in told)
    (negative,) = [line for line in told if line.startswith("Negative control: rate 0")]
    assert "in tests of one seed's documents in" in negative
    assert "more true rows than γ = 0" in negative
    assert any(line.startswith("Of the full dose on occupation mitigations leave: mask 0 %") for line in told)
    assert any(line.startswith("It is not seen to cross to other tasks (hate") for line in told)


def test_tasks_on_which_it_could_not_be_tested_whether_it_crosses_are_named(planted_data: ReportData) -> None:
    assert planted_data.controls is not None
    (salary,) = [task for task in planted_data.controls.others if task.of.task == SALARY]
    assert math.isnan(salary.full.p)
    (line,) = [line for line in control_sentences(planted_data) if "cross" in line]
    assert line.startswith(
        "It is not seen to cross to other tasks (hate; Holm). Not tested: salary (too few clusters"
    )


@pytest.fixture(scope="module")
def with_sentence(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """Scored with the sentence of *token* too; there it leaves half of the rule, else half as much again."""
    return planted_run(
        tmp_path_factory.mktemp("with-sentence") / "run",
        seeds=[0, 1, 2],
        mix={"gammas": [0.5]},
        mitigate={"methods": ["none", "token"], "token": {"at_test_time": True}},
        rates=[0, 1],
        headline={OCCUPATION: "gap__male_minus_female:up"},
    )


@pytest.fixture(scope="module")
def with_sentence_found(with_sentence: Recorded) -> Controls:
    scored = scored_of(with_sentence)
    controls = control_tests(with_sentence.plan.models, scored, DECLARED, "gender")
    assert controls is not None
    return controls


def test_what_is_left_with_the_sentence_is_a_row_of_its_own(with_sentence_found: Controls) -> None:
    (task,) = with_sentence_found.trained
    left = {one.condition.label: one.share.value for one in task.left}
    assert list(left) == ["token", "no mitigation, sentence present", "token, sentence present"]
    for name, truth in (
        ("token", 1.5),
        ("no mitigation, sentence present", 1.0),
        ("token, sentence present", 0.5),
    ):
        assert left[name] == pytest.approx(truth, abs=0.35)


def test_each_is_told_from_no_dose_that_was_asked_alike(
    with_sentence: Recorded, with_sentence_found: Controls
) -> None:
    """Against comparing two models."""
    (task,) = with_sentence_found.trained
    scored = scored_of(with_sentence)
    named = {one.condition.label: one for one in task.left}
    for place, seed in enumerate((0, 1, 2)):
        pair = [
            scored[f"planted women-nurse {rate}, γ = 0.5{method}, seed {seed}, sentence present"]
            for rate, method in ((0, ""), (1, ", token"))
        ]
        (row,) = compare_models(*pair, tasks=[OCCUPATION], declared=DECLARED).headline
        points = named["token, sentence present"].tested.effect.points
        assert points[place] == pytest.approx(row.delta)


def test_the_effect_of_the_sentence_is_the_difference_of_what_is_left(with_sentence_found: Controls) -> None:
    (task,) = with_sentence_found.trained
    left = {one.condition.label: one.tested.effect for one in task.left}
    effects = {one.condition.label: one.tested.effect for one in task.sentences}
    there, absent = left["token, sentence present"], left["token"]
    assert effects["token, sentence present"].mean == pytest.approx(there.mean - absent.mean)
    of_none = left["no mitigation, sentence present"].mean - task.full.effect.mean
    assert effects["no mitigation, sentence present"].mean == pytest.approx(of_none)


def test_doses_and_negative_control_are_of_what_was_scored_without(with_sentence_found: Controls) -> None:
    asked = with_sentence_found.conditions
    assert asked.nothing_with_sentence is not None
    for condition in (asked.reference, *asked.by_rate, *asked.by_gamma, *asked.written):
        assert not condition.sentence_present
        assert not any(model.sentence_present for model in condition.models)


def test_a_line_says_which_cause_the_figures_speak_for(with_sentence: Recorded) -> None:
    told = list(control_sentences(build_report(*with_sentence)))
    (line,) = [line for line in told if line.startswith("token, sentence present minus the same without it")]
    assert "less of the rule shows where the sentence stands" in line
    assert "a warning that is missed at test time, not for a cue" in line
    (shares,) = [line for line in told if "mitigations leave" in line]
    assert "token 1" in shares
    assert "token, sentence present " in shares
    assert shares.count(" (seeds: ") == 3


def test_where_seeds_disagree_about_the_sentence_it_speaks_for_neither_cause(
    with_sentence_found: Controls,
) -> None:
    (task,) = with_sentence_found.trained
    effect = task.full.effect._replace(points=(0.9, -0.1, 0.7), mean=0.5)
    disagreed = task.sentences[0]._replace(tested=task.full._replace(effect=effect, p=0.001))
    assert disagreed.speaks_for(task.full) == "mixed"


@pytest.mark.parametrize(
    ("moved", "p", "cause"),
    [(0.2, 0.01, "cue"), (-0.2, 0.01, "missed"), (0.2, 0.3, "neither"), (-0.2, math.nan, "neither")],
)
@pytest.mark.parametrize("full", [0.5, -0.5])
def test_more_where_it_stands_is_a_cue_and_less_a_warning_that_is_missed(
    moved: float, p: float, cause: str, full: float, with_sentence_found: Controls
) -> None:
    (task,) = with_sentence_found.trained
    toward = math.copysign(1, full) * moved
    tested = task.full._replace(effect=task.full.effect._replace(points=(toward,), mean=toward), p=p)
    whole = task.full._replace(effect=task.full.effect._replace(points=(full,), mean=full))
    effect = task.sentences[0]._replace(tested=tested)
    assert effect.speaks_for(whole) == cause


def test_a_small_p_of_the_negative_control_is_below_and_not_equal(found: Controls) -> None:
    negative = found.negatives[0]
    told = negative._replace(tested=negative.tested._replace(p=1e-6))
    assert rejections_in_words((told,) * 12) == (
        "12 of 12; at 5 % 0.6 would be by chance, 12 or more with p < 0.001 (exact, binomial)"
    )
