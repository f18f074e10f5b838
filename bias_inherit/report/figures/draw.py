"""Which figures a report has."""

import re
from collections.abc import Iterator, Sequence

from augment.audits.drawing import Drawing
from augment.audits.tables import AuditTable
from bias_inherit.compare import Difference, HeadlineRow
from bias_inherit.engine.planning.plan import Model
from bias_inherit.report.arms import Arm
from bias_inherit.report.control_words import nothing_in_words
from bias_inherit.report.declared_tests import SHOWN
from bias_inherit.report.figures import ReportFigure
from bias_inherit.report.figures.change import loss_figure, relation_figure, rounds_figure, seeds_figure
from bias_inherit.report.figures.controls import beside_figure, controls_figure
from bias_inherit.report.figures.dose import dose_figure
from bias_inherit.report.figures.groups import groups_figure
from bias_inherit.report.figures.heat import HeatCell, HeatRow, heat_figure
from bias_inherit.report.figures.mitigations import equivalence_figure
from bias_inherit.report.gather import ReportData

HEADLINE = "headline"
MAPPED = (HEADLINE, *SHOWN)
"""What heat maps are of: what is asked first, and the metrics that every task has."""

FEW = 7
"""So many models stand beside each other where groups are compared."""


def figures(data: ReportData) -> dict[str, ReportFigure]:
    """Every figure that the experiment has something for, by name."""
    return {figure.name: figure for figure in _figures(data) if figure}


def _figures(data: ReportData) -> Iterator[ReportFigure | None]:
    found = data.tests
    if data.controls:
        yield controls_figure(data.controls)
        if beside := [task for task in data.controls.trained if task.left]:
            yield beside_figure(data.controls, beside, nothing_in_words(data.controls))
    if found.doses:
        arms = [one.arm for one in found.doses]
        for metric in SHOWN:
            yield dose_figure(metric, found.doses, found.study)
        for metric in MAPPED:
            yield heat_figure(f"heat-{metric}", list(_heat_rows(data, arms, metric)), metric, "minus γ = 0")
    yield groups_figure(compared_by_group(data), found.study)
    for metric in MAPPED:
        rows = list(_mitigated_rows(data, metric))
        yield heat_figure(f"mitigation-{metric}", rows, metric, "minus the unmitigated model")
    if models := mitigations_of_largest(data):
        yield equivalence_figure(models, {m.label: headlines(data, m) for m in models}, found.margins)
    if {one.relation for one in found.related} == {"direct", "indirect"}:
        yield relation_figure(found.related)
    if chains := rounds(data):
        yield rounds_figure("gap", chains, found.study)
        yield rounds_figure("score", chains, found.study)
    if found.seeded:
        yield seeds_figure(found.seeded)
    for place, made in enumerate(data.generated):
        if made.tables:
            alt = f"Shares of groups in the texts of {made.label}, overall and by label"
            yield _of_audit(f"groups-of-set-{place + 1}", made.figure, alt, made.tables)
    for audit in data.audits:
        if audit.figure:
            yield _of_audit(f"audit-{slug(audit.label)}", audit.figure, f"Audit: {audit.label}", audit.tables)
    if data.curves:
        yield loss_figure(data.curves)


def slug(label: str) -> str:
    """A label as part of a name."""
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")


def differences(data: ReportData, model: Model, metric: str) -> dict[str, Difference]:
    """Harness task name -> a model's difference to γ = 0."""
    return {
        task: row
        for task, found in data.tests.study[model.label].items()
        for row in found.differences
        if row.metric == metric
    }


def headlines(data: ReportData, model: Model) -> dict[str, HeadlineRow]:
    """Harness task name -> what is asked first of a model against γ = 0."""
    found = data.tests.study[model.label]
    return {task: on_task.headline for task, on_task in found.items() if on_task.headline}


def compared_by_group(data: ReportData) -> list[Model]:
    """γ = 0, the base and the largest γ of each set of rows; without a γ = 0 the first models."""
    found = data.tests
    if not found.doses:
        return list(data.models[:FEW])
    reference = found.doses[0].arm.doses[0]
    largest = [one.arm.models[-1] for one in found.doses][: FEW - 1]
    base = [model for model in data.models if model.gamma is None][: FEW - 1 - len(largest)]
    return [reference, *base, *largest]


def mitigations_of_largest(data: ReportData) -> list[Model]:
    """Of each set of rows all models of the largest γ, unmitigated first; none without mitigations."""
    largest = [one.arm.models[-1] for one in data.tests.doses]
    of_these = [
        model
        for one in largest
        for model in data.models
        if (model.data, model.gamma, model.round, model.seed) == (one.data, one.gamma, one.round, one.seed)
    ]
    return of_these if any(model.mitigation != "none" for model in of_these) else []


def rounds(data: ReportData) -> list[list[Model]]:
    """Models of one γ and mitigation in the order of their rounds behind γ = 0, with the first seed."""
    seed = data.models[0].seed
    of_seed = [model for model in data.models if model.seed == seed and not model.sentence_present]
    reference = [model for model in of_seed if model.gamma == 0]
    chains: dict[tuple[object, ...], list[Model]] = {}
    for model in of_seed:
        if model.gamma:
            key = (model.data, model.gamma, model.mitigation)
            chains.setdefault(key, list(reference)).append(model)
    return [chain for chain in chains.values() if chain[-1].round > 1]


def _heat_rows(data: ReportData, arms: Sequence[Arm], metric: str) -> Iterator[HeatRow]:
    for arm in arms:
        largest = arm.models[-1]
        label = f"{arm.label}, γ = {largest.gamma:g}"
        if metric == HEADLINE:
            cells = {task: HeatCell.of_headline(row) for task, row in headlines(data, largest).items()}
        else:
            rows = differences(data, largest, metric)
            cells = {task: HeatCell.of_difference(row) for task, row in rows.items()}
        yield HeatRow(label, "", cells)


def _mitigated_rows(data: ReportData, metric: str) -> Iterator[HeatRow]:
    """Sets of rows one after the other, by γ."""
    mitigated = [model for model in data.models if model.label in data.tests.against_unmitigated]
    planned = list(dict.fromkeys(model.data for model in data.models))
    for model in sorted(mitigated, key=lambda m: (m.seed, m.round, planned.index(m.data), m.gamma)):
        section = f"{model.seed}, {model.round}, {model.data}"
        if metric == HEADLINE:
            asked = data.tests.headline_against_unmitigated[model.label]
            cells = {task: HeatCell.of_headline(row) for task, row in asked.items()}
        else:
            on_tasks = data.tests.against_unmitigated[model.label]
            cells = {task: HeatCell.of_difference(by[metric]) for task, by in on_tasks.items()}
        yield HeatRow(model.label, section, cells)


def _of_audit(name: str, drawing: Drawing, alt: str, tables: Sequence[AuditTable]) -> ReportFigure:
    columns = ("table", *(f"column_{n + 1}" for n in range(max(len(t.headings) for t in tables))))
    rows = [
        (table.title, *cells)
        for table in tables
        for cells in (table.headings, *(row.cells for row in table.rows))
    ]
    return ReportFigure(name, drawing, f"{alt}. The numbers stand in the table below.", columns, rows)
