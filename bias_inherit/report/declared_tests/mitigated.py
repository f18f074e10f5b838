"""Mitigated models against the unmitigated one of the same mix: one family."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bias_inherit.compare import (
    Declared,
    Difference,
    Family,
    HeadlineRow,
    headline_family,
    match,
    one_family,
)
from bias_inherit.compare.differences import on_task
from bias_inherit.engine.planning.plan import Model
from bias_inherit.harness.results import ScoredModel
from bias_inherit.report.arms import unmitigated
from bias_inherit.report.declared_tests.found import SHOWN, OnTasks
from bias_inherit.report.declared_tests.processes import each
from bias_tasks.catalogue import ALL_TASKS


class AgainstUnmitigated(NamedTuple):
    """Label of a mitigated model -> its differences, and its headlines, to the unmitigated one, by task."""

    differences: dict[str, OnTasks]
    headlines: dict[str, dict[str, HeadlineRow]]
    families: list[Family]


def against_unmitigated(
    models: Sequence[Model], scored: Mapping[str, ScoredModel], declared: Declared, workers: int
) -> AgainstUnmitigated:
    pairs = {m.label: plain.label for m in models if (plain := unmitigated(m, models))}
    parts = [(scored[plain], scored[label], declared) for label, plain in pairs.items()]
    rows = each(_differences, parts, workers)
    found: dict[str, OnTasks] = {label: {} for label in pairs}
    placed = [
        (label, row)
        for label, on_tasks in zip(pairs, rows, strict=True)
        for differences, _ in on_tasks
        for row in differences
    ]
    name = "Δ score and gap against the unmitigated model, every mitigated model and task"
    adjusted, family = one_family((row for _, row in placed), name)
    for (label, _), row in zip(placed, adjusted, strict=True):
        found[label].setdefault(row.task, {})[row.metric] = row
    headlines, sizes = {}, [0]
    for label, on_tasks in zip(pairs, rows, strict=True):
        of_model, of_headline = headline_family((row for _, row in on_tasks if row), label)
        headlines[label] = {row.task: row for row in of_model}
        sizes.append(of_headline.size)
    told = "headline: one signed change a task against the unmitigated model, each mitigated model by itself"
    return AgainstUnmitigated(found, headlines, [family, Family(told, "Holm", max(sizes))])


def _differences(
    part: tuple[ScoredModel, ScoredModel, Declared],
) -> list[tuple[list[Difference], HeadlineRow | None]]:
    reference, other, declared = part
    shared = [task for task in ALL_TASKS if task in reference.samples and task in other.samples]
    answered = [on_task(t, match(reference.samples[t], other.samples[t]), declared) for t in shared]
    return [([row for row in rows if row.metric in SHOWN], headline) for rows, headline in answered]
