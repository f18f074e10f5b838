"""Which tests a report declares, and what they are of."""

import math

import numpy as np
import pytest
from simulated_run import HATE, OCCUPATION, SPAM, TASKS
from statsmodels.stats.multitest import multipletests

from bias_inherit.engine.artifact_files import HARNESS_OUTPUT
from bias_inherit.engine.experiment_record import Recorded
from bias_inherit.engine.planning.plan import Model
from bias_inherit.engine.planning.references import reference_of
from bias_inherit.engine.step import Step
from bias_inherit.harness.results import Sample, ScoredModel, read_output
from bias_inherit.report.arms import arms, main_arms, unmitigated
from bias_inherit.report.declared_tests import find
from bias_inherit.report.gather import ReportData
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.margins import MARGINS
from bias_tasks.measure import EVERY_HEADLINE
from bias_tasks.population import population
from bias_tasks.records import Record
from bias_tasks.statistics import (
    EXCHANGES,
    FURTHER_EXCHANGES,
    FURTHER_PERMUTATIONS,
    PERMUTATIONS,
    SIGNIFICANCE,
)


def test_the_headline_is_the_first_set_of_rows_at_its_largest_gamma_one_a_task(data: ReportData) -> None:
    assert [(label, row.task) for label, row in data.tests.headline] == [
        ("type 1, γ = 0.5", task) for task in TASKS
    ]
    for label, row in data.tests.headline:
        assert row is data.tests.study[label][row.task].headline


def test_the_headline_is_signed_and_says_which_way(data: ReportData) -> None:
    """Simulated women lose accuracy with γ, and yes is said more readily of Arabic; nothing else moves."""
    found = {row.task: row for _, row in data.tests.headline if row.is_found}
    assert set(found) == {OCCUPATION, HATE, SPAM}
    assert found[OCCUPATION].metric == "gap__male_minus_female"
    assert found[OCCUPATION].says == "he-versions are answered rightly more often"
    for task, called in ((HATE, "hateful"), (SPAM, "spam")):
        assert found[task].metric == "lean__arabic"
        assert found[task].delta == pytest.approx(0.5)
        assert found[task].says.startswith(f"texts in Arabic are called {called} more readily")


def test_headline_p_is_holm_s(data: ReportData) -> None:
    """Against statsmodels; of every model by itself."""
    for label in ("type 1, γ = 0.5", "type 5, γ = 0.1, mask"):
        rows = [one.headline for one in data.tests.study[label].values() if one.headline]
        tested = [row for row in rows if not np.isnan(row.p)]
        assert len(tested) > 1
        expected = multipletests([row.p for row in tested], method="holm")[1]
        assert np.allclose([row.p_holm for row in tested], expected)


def test_no_gap_is_told_apart_however_small_its_p(data: ReportData) -> None:
    rows = [
        row
        for on_tasks in data.tests.study.values()
        for found in on_tasks.values()
        for row in found.differences
        if row.metric == "gap"
    ]
    assert any(row.p < 0.01 for row in rows)
    assert not any(row.stands_out or row.survives for row in rows)


def test_what_the_file_declares_is_asked(study: Recorded) -> None:
    few = [m for m in study.plan.models if m.mitigation == "none"][:4]
    scored = {m.label: read_output(study.store.artifact(m.score) / HARNESS_OUTPUT) for m in few}
    entry = ALL_TASKS[HATE]
    found = find(few, scored, {HATE: entry.headline("lean__chinese:down")})
    (row,) = [row for _, row in found.headline if row.task == HATE]
    assert (row.metric, row.direction, len(row.changes)) == ("lean__chinese", "down", 1)
    assert row.is_found


def test_one_finding_can_stand_among_all_cells_of_the_paper_s_map() -> None:
    """The smallest p survives Benjamini and Hochberg over 12 sets of rows and 28 headlines of ten tasks."""
    assert 336 * 2 / (PERMUTATIONS + FURTHER_PERMUTATIONS + 1) <= SIGNIFICANCE
    assert 336 / (EXCHANGES + FURTHER_EXCHANGES + 1) <= SIGNIFICANCE


def test_q_of_the_heat_maps_is_benjamini_and_hochberg_s_over_the_headlines(data: ReportData) -> None:
    """Against statsmodels; models of smaller γ and mitigated ones are another family, slices a third."""
    largest = {"type 1, γ = 0.5", "type 5, γ = 0.5"}
    others = {model.label for model in data.models if model.gamma} - largest
    for labels, name in ((largest, "at the largest γ"), (others, "all other fine-tuned models")):
        rows = [
            row
            for label in labels
            for found in data.tests.study[label].values()
            for row in found.differences
            if row.metric in EVERY_HEADLINE and not math.isnan(row.p)
        ]
        expected = multipletests([row.p for row in rows], method="fdr_bh")[1]
        assert np.allclose([row.q for row in rows], expected)
        (family,) = [
            f
            for f in data.tests.families
            if f.name.startswith("Δ score, gap and lean against γ = 0") and name in f.name
        ]
        assert family.size == len(rows)


def test_a_mitigated_model_is_compared_with_the_same_mix_without(data: ReportData) -> None:
    models = {model.label: model for model in data.models}
    plain = unmitigated(models["type 5, γ = 0.1, mask"], data.models)
    assert plain is models["type 5, γ = 0.1"]
    assert unmitigated(plain, data.models) is None
    study = data.tests.study
    for task, by_metric in data.tests.against_unmitigated["type 5, γ = 0.1, mask"].items():
        before, after = (
            study[label][task].estimates["score"].value
            for label in ("type 5, γ = 0.1", "type 5, γ = 0.1, mask")
        )
        assert math.isclose(by_metric["score"].delta, after - before, abs_tol=1e-12)


def test_arms_hold_models_that_differ_in_gamma_alone_and_share_the_reference(data: ReportData) -> None:
    found = arms(data.models)
    assert [arm.label for arm in found] == ["type 1", "type 1, mask", "type 5", "type 5, mask"]
    assert [arm.label for arm in main_arms(data.models)] == ["type 1", "type 5"]
    for arm in found:
        assert [model.gamma for model in arm.doses] == [0, 0.1, 0.5]
    assert reference_of(data.models[0], data.models) is found[0].reference
    assert reference_of(found[0].doses[0], data.models) is None


def test_direct_and_indirect_tasks_are_averaged_apart(data: ReportData) -> None:
    direct = [one for one in data.tests.related if one.relation == "direct"]
    assert {one.tasks for one in direct} == {("hate",)}
    for one in data.tests.related:
        task = HATE if one.relation == "direct" else SPAM
        (row,) = [row for row in data.tests.study[one.model.label][task].differences if row.metric == "score"]
        assert one.delta == row.delta
        assert math.isclose(one.interval.high - one.delta, 1.96 * row.stderr)


def test_more_processes_find_the_same(study: Recorded, data: ReportData) -> None:
    few = [m for m in study.plan.models if m.mitigation == "none"][:4]
    scored = {m.label: read_output(study.store.artifact(m.score) / HARNESS_OUTPUT) for m in few}
    one, two = (find(few, scored, {}, workers=workers) for workers in (1, 2))
    assert repr(one) == repr(two)


def test_answers_that_are_all_alike_prove_nothing_about_a_gap() -> None:
    """Models that always say yes: no resampling differs, yet no two gaps are shown to be equal."""
    models = [
        Model(label, Step("score", label, {}), None, 0, (1,) if gamma else (), gamma)
        for label, gamma in (("γ = 0", 0.0), ("type 1, γ = 0.5", 0.5))
    ]
    found = find(models, {model.label: _always_yes() for model in models}, {})
    (row,) = [r for r in found.study["type 1, γ = 0.5"][HATE].differences if r.metric == "gap"]
    assert row.delta == 0
    assert row.interval.low < -0.05
    assert row.interval.high > 0.05
    headline = found.study["type 1, γ = 0.5"][HATE].headline
    assert headline is not None
    assert not headline.is_equivalent(MARGINS)
    assert found.study["γ = 0"][HATE].estimates["gap"].interval.high > 0.05


def _always_yes() -> ScoredModel:
    samples = [
        Sample(f"{item}-{culture}", Record(culture, str(item), "no" if item % 2 else "yes", "yes", "plain"))
        for item in range(20)
        for culture in population().cultures
    ]
    return ScoredModel({}, {HATE: samples})
