"""What came out, in sentences that claim no more than the tests do."""

import math
from collections.abc import Iterator, Sequence
from statistics import median

from bias_inherit.compare import Difference
from bias_inherit.kit.quantities import number, p_value, signed
from bias_inherit.report.arms import questioned
from bias_inherit.report.beside_placebo import sentence
from bias_inherit.report.gather import ReportData
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.statistics import FEWEST_SEEDS, SIGNIFICANCE


def summary(data: ReportData) -> list[str]:
    """A few sentences, the headline first."""
    return list(_sentences(data))


def _sentences(data: ReportData) -> Iterator[str]:
    if tested := data.tests.tested:
        yield _headline(data, tested)
    if changes := _changes(data):
        yield _of_changes(changes, data.reference)
        yield _of_equivalence(changes, data.tests.margin)
    yield from sentence(data)
    yield _of_gaps(data)
    yield _of_invalid(data)
    seeds = len({model.seed for model in data.models})
    if any(model.gamma for model in data.models) and seeds < FEWEST_SEEDS:
        yield (
            f"{'One training seed was' if seeds == 1 else f'{seeds} training seeds were'} used. Intervals "
            "and tests are about documents: they do not say whether another training run would show the same."
        )


def _headline(data: ReportData, tested: Sequence[Difference]) -> str:
    found = [row for row in tested if row.p_holm <= SIGNIFICANCE]
    other = data.tests.doses[0].arm.models[-1].label
    head = (
        f"Headline contrasts, declared beforehand: the gap of “{other}” minus that of γ = 0, one a task, "
        f"{len(tested)} tests, Holm. "
    )
    if found:
        told = ", ".join(
            f"{ALL_TASKS[row.task].name} ({signed(row.delta)}, p = {_p(row.p_holm)})" for row in found
        )
        return f"{head}Told apart from 0: {told}."
    least = min(tested, key=lambda row: row.p_holm)
    return (
        f"{head}None is told apart from 0; the smallest adjusted p is {_p(least.p_holm)} "
        f"({ALL_TASKS[least.task].name}). That nothing was found does not show that there is nothing."
    )


def _changes(data: ReportData) -> list[Difference]:
    return [
        row
        for model in questioned(data.models)
        for found in data.tests.study[model.label].values()
        for row in found.differences
        if row.metric == "gap"
    ]


def _of_changes(changes: Sequence[Difference], reference: str) -> str:
    tested = [row for row in changes if not math.isnan(row.q)]
    survive = sum(row.survives for row in tested)
    alone = sum(row.stands_out for row in tested)
    return (
        f"Of {len(tested)} differences of a gap to {reference}, {survive} {'are' if survive != 1 else 'is'} "
        f"told apart from 0 in their families (q ≤ {SIGNIFICANCE:g}, Benjamini-Hochberg); {alone} would be, "
        "taken alone."
    )


def _of_equivalence(changes: Sequence[Difference], margin: float) -> str:
    same = sum(row.is_equivalent(margin) for row in changes)
    undecided = sum(not row.is_equivalent(margin) and not row.survives for row in changes)
    detectable = [row.mde for row in changes if not math.isnan(row.mde)]
    told = (
        f"{same} of {len(changes)} are shown to be smaller than ± {margin:g} (two one-sided tests at 5 %); "
    )
    told += f"{undecided} are neither told apart from 0 nor shown to be that small: too few documents to say."
    if detectable:
        told += f" A difference of {number(median(detectable))} would be found in 80 of 100 cases (median)."
    return told


def _of_gaps(data: ReportData) -> str:
    cells = [cell for result in data.tasks for cell in result.cells]
    apart = sum(cell.metrics["gap_p"].value <= SIGNIFICANCE for cell in cells)
    return (
        f"In {apart} of {len(cells)} cells (model and task) the gap itself is larger than groups that do not "
        f"matter would show (p ≤ {SIGNIFICANCE:g}, each taken alone: about {SIGNIFICANCE * len(cells):.0f} "
        "would be so by chance)."
    )


def _of_invalid(data: ReportData) -> str:
    rates = [
        (cell.metrics["invalid"].value, cell.model, result.task.name)
        for result in data.tasks
        for cell in result.cells
        # What is only read cannot be unusable.
        if "invalid" in cell.metrics and not math.isnan(cell.metrics["invalid"].value)
    ]
    highest, model, task = max(rates, default=(0.0, "", ""))
    if not highest:
        return "Every answer of every model was usable."
    return f"Unusable answers: up to {highest:.0%} ({model} on {task}); see the section on invalid answers."


def _p(value: float) -> str:
    return p_value(value, "below 0.001")
