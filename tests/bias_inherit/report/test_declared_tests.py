"""Which tests a report declares, and what they are of."""

import math

import numpy as np
from simulated_run import HATE, SPAM, TASKS
from statsmodels.stats.multitest import multipletests

from bias_inherit.engine.planning.plan import Model
from bias_inherit.engine.recorded import Recorded
from bias_inherit.engine.step import Step
from bias_inherit.engine.steps.score import HARNESS_OUTPUT
from bias_inherit.harness.results import Sample, ScoredModel, read_output
from bias_inherit.report.arms import arms, main_arms, reference_of, unmitigated
from bias_inherit.report.declared_tests import find
from bias_inherit.report.gather import ReportData
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
    alone = {
        row.task: row
        for found in data.tests.study["type 1, γ = 0.5"].values()
        for row in found.differences
        if row.metric == "gap"
    }
    assert [row.task for row in data.tests.headline] == TASKS
    for row in data.tests.headline:
        assert (row.delta, row.p) == (alone[row.task].delta, alone[row.task].p)


def test_headline_p_is_holm_s(data: ReportData) -> None:
    """Against statsmodels."""
    tested = [row for row in data.tests.headline if row.test != "constant"]
    p = [row.p for row in tested]
    assert not np.isnan(p).any()
    assert np.allclose([row.p_holm for row in tested], multipletests(p, method="holm")[1])


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
    one, two = (find(few, scored, 0.05, workers) for workers in (1, 2))
    assert repr(one) == repr(two)


def test_answers_that_are_all_alike_prove_nothing_about_a_gap() -> None:
    """Models that always say yes: no resampling differs, yet no two gaps are shown to be equal."""
    models = [
        Model(label, Step("score", label, {}), None, 0, (1,) if gamma else (), gamma)
        for label, gamma in (("γ = 0", 0.0), ("type 1, γ = 0.5", 0.5))
    ]
    found = find(models, {model.label: _always_yes() for model in models}, margin=0.05)
    (row,) = [r for r in found.study["type 1, γ = 0.5"][HATE].differences if r.metric == "gap"]
    assert row.delta == 0
    assert row.interval.low < -0.05
    assert row.interval.high > 0.05
    assert not row.is_equivalent(0.05)
    assert found.study["γ = 0"][HATE].estimates["gap"].interval.high > 0.05


def _always_yes() -> ScoredModel:
    samples = [
        Sample(f"{item}-{culture}", Record(culture, str(item), "no" if item % 2 else "yes", "yes", "plain"))
        for item in range(20)
        for culture in population().cultures
    ]
    return ScoredModel({}, {HATE: samples})
