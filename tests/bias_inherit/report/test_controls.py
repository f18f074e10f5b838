"""Planted controls: what was simulated to be there is told, and nothing else is."""

import math

import numpy as np
import pytest
from planted_runs import DECLARED, planted_run, scored_of
from simulated_run import HATE, OCCUPATION, SALARY
from statsmodels.stats.multitest import multipletests

from bias_inherit.compare import compare_models
from bias_inherit.engine.experiment_record import Recorded
from bias_inherit.engine.planning.plan import Model
from bias_inherit.harness.results import ScoredModel
from bias_inherit.report.control_words import (
    found_doses_in_words,
    found_in_words,
    monotone_in_words,
    of_what,
    rejections_in_words,
)
from bias_inherit.report.declared_tests import Controls, control_tests
from bias_inherit.report.declared_tests.conditions import conditions
from bias_inherit.report.declared_tests.controls import DoseCurve, OnTask, Rejections
from bias_tasks.statistics import FEWEST_SEEDS, SIGNIFICANCE, slope_weights


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


def test_a_small_p_of_the_negative_control_is_below_and_not_equal(found: Controls) -> None:
    negative = found.negatives[0]
    told = negative._replace(tested=negative.tested._replace(p=1e-6))
    assert rejections_in_words((told,) * 12) == (
        "12 of 12; at 5 % 0.6 would be by chance, 12 or more with p < 0.001 (exact, binomial)"
    )
