"""What a report shows, gathered from the artifacts of a finished plan."""

import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from augment.audits.distribution import DistributionAudit
from augment.audits.drawing import Drawing
from augment.audits.figures import distribution_figure, groups_figure, values_figure
from augment.audits.groups import GroupAudit
from augment.audits.tables import AuditTable, distribution_table, group_tables, values_tables
from augment.audits.values import ValuesAudit
from bias_inherit.compare import Difference, Estimate, HeadlineRow
from bias_inherit.engine.artifact_files import AUDIT, HARNESS_OUTPUT, ROWS
from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.experiment_file.headline import declared_headlines
from bias_inherit.engine.experiment_file.study import Study
from bias_inherit.engine.planning.plan import Model, Plan
from bias_inherit.engine.stages import GENERATE, PLANT, VALUES
from bias_inherit.engine.step import Step
from bias_inherit.engine.steps.decide import Decision, last_decision
from bias_inherit.engine.store import Store
from bias_inherit.harness.results import read_output
from bias_inherit.models.base_model import Base
from bias_inherit.outputs.adapter_files import LOG
from bias_inherit.report.arms import main_arms, reference_name
from bias_inherit.report.beside_placebo import Placebos, placebos
from bias_inherit.report.declared_tests import Controls, DeclaredTests, control_tests, find
from bias_inherit.report.flips import Flips, flips
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.margins import Margins
from bias_tasks.task import TaskEntry
from bias_tasks.training_rows import TrainingRow, read_rows

EXAMPLES = 3
MANY_MODELS = 12
"""From here on the statistics are dealt out among the processors."""


class Cell(NamedTuple):
    """One model on one task.

    Attributes:
        metrics: Metric -> value with standard error.
        differences: Metric -> paired difference to the reference, with q; empty for the reference itself.
        headline: What is asked first of them.
    """

    model: str
    metrics: Mapping[str, Estimate]
    differences: Mapping[str, Difference]
    headline: HeadlineRow | None


class TaskResult(NamedTuple):
    """All models on one task, in the order of the plan."""

    task: TaskEntry
    cells: list[Cell]


class GeneratedSet(NamedTuple):
    """One augmented set: how it came about, whom it is about, and a few of its rows."""

    label: str
    manifest: Mapping[str, Any]
    audit: GroupAudit
    examples: list[TrainingRow]

    @property
    def tables(self) -> list[AuditTable]:
        """Whom the set is about."""
        return group_tables(self.audit)

    @property
    def figure(self) -> Drawing:
        """Shares of groups."""
        return groups_figure(self.audit)


class PlantedSet(NamedTuple):
    """One planted set: what was planted, what it came to, and a few rows of the rule's group."""

    label: str
    manifest: Mapping[str, Any]
    examples: list[TrainingRow]


class AuditShown(NamedTuple):
    """One audit of texts or of the base.

    Attributes:
        result: None where there were too few rows.
        too_small: Sets that have too few rows.
    """

    label: str
    result: DistributionAudit | ValuesAudit | None
    too_small: int

    @property
    def tables(self) -> list[AuditTable]:
        """The result's numbers."""
        if isinstance(self.result, ValuesAudit):
            return values_tables(self.result)
        return [distribution_table(self.result)] if self.result else []

    @property
    def figure(self) -> Drawing | None:
        """The result, drawn."""
        if isinstance(self.result, ValuesAudit):
            return values_figure(self.result)
        return distribution_figure(self.result) if self.result else None


class TrainingCurve(NamedTuple):
    """Loss of each optimiser step."""

    label: str
    losses: list[float]


class ReportData(NamedTuple):
    """Everything that the page and the terminal table show.

    Attributes:
        models: In the order of the plan.
        tasks: All models on each task.
        flips: Of each set of rows without a mitigation, at its largest γ.
        manifests: Of every step.
        placebo: Each model beside its placebos, which are in no other table.
        controls: Of planted data; None where nothing was planted.
        ended: At which block each task ended; None where all documents were scored at once.
    """

    experiment: Study
    base: Base
    models: tuple[Model, ...]
    tests: DeclaredTests
    tasks: list[TaskResult]
    generated: list[GeneratedSet]
    planted: list[PlantedSet]
    audits: list[AuditShown]
    curves: list[TrainingCurve]
    flips: list[Flips]
    manifests: list[Mapping[str, Any]]
    placebo: Placebos
    controls: Controls | None
    ended: Decision | None = None

    @property
    def reference(self) -> str:
        """What differences are told against."""
        return reference_name(self.models)


def collect(plan: Plan, store: Store, base: Base, experiment: Study, margins: Margins) -> ReportData:
    """Read a finished plan's artifacts and compute every figure from the samples.

    Args:
        margins: Of equivalence.
    """
    folders = {model.label: store.artifact(model.score) / HARNESS_OUTPUT for model in plan.models}
    everything = {label: read_output(folder) for label, folder in folders.items()}
    scored = {label: model.in_question for label, model in everything.items()}
    workers = (os.cpu_count() or 1) if len(plan.models) >= MANY_MODELS else 1
    declared = declared_headlines(experiment.headline)
    tests = find(plan.models, scored, declared, margins, workers)
    controls = (
        control_tests(plan.models, scored, declared, experiment.domain)
        if isinstance(experiment, Experiment)
        else None
    )
    if controls:
        tests = tests._replace(families=(*tests.families, *controls.families))
    return ReportData(
        experiment=experiment,
        base=base,
        models=plan.models,
        tests=tests,
        tasks=_by_task(plan, tests),
        generated=[_generated(step, store) for step in plan.steps if step.stage == GENERATE.name],
        planted=[_planted(step, store) for step in plan.steps if step.stage == PLANT.name],
        audits=[_audit(step, store) for step in plan.audits],
        curves=[_curve(model.label, model.train, store) for model in plan.models if model.train],
        flips=[found for arm in main_arms(plan.models) if (found := flips(arm, scored, folders))],
        manifests=[store.manifest(step) for step in plan.steps],
        placebo=placebos(plan.models, everything, tests.study),
        controls=controls,
        ended=last_decision(plan.models[0].score, store),
    )


def _by_task(plan: Plan, tests: DeclaredTests) -> list[TaskResult]:
    scored_on = [set(on_tasks) for on_tasks in tests.study.values()]
    return [
        TaskResult(
            entry,
            [
                Cell(
                    model.label,
                    found.estimates,
                    {row.metric: row for row in found.differences},
                    found.headline,
                )
                for model in plan.models
                if (found := tests.study[model.label].get(task))
            ],
        )
        for task, entry in ALL_TASKS.items()
        if any(task in tasks for tasks in scored_on)
    ]


def _generated(step: Step, store: Store) -> GeneratedSet:
    folder = store.artifact(step)
    audit = GroupAudit.model_validate_json((folder / AUDIT).read_text(encoding="utf-8"))
    return GeneratedSet(step.label, store.manifest(step), audit, read_rows(folder / ROWS)[:EXAMPLES])


def _planted(step: Step, store: Store) -> PlantedSet:
    rows = read_rows(store.artifact(step) / ROWS)
    of_group = [row for row in rows if row.group == step.inputs["rule"]["group"]]
    return PlantedSet(step.label, store.manifest(step), of_group[:EXAMPLES])


def _audit(step: Step, store: Store) -> AuditShown:
    too_small: int = store.manifest(step)["facts"].get("too_small", 0)
    file = store.artifact(step) / f"{step.stage}.json"
    if not file.exists():
        return AuditShown(step.label, None, too_small)
    found = file.read_text(encoding="utf-8")
    if step.stage == VALUES.name:
        return AuditShown(step.label, ValuesAudit.model_validate_json(found), too_small)
    return AuditShown(step.label, DistributionAudit.model_validate_json(found), too_small)


def _curve(label: str, train: Step, store: Store) -> TrainingCurve:
    log = json.loads((store.artifact(train) / LOG).read_text(encoding="utf-8"))
    return TrainingCurve(label, log["losses"])
