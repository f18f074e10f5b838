"""Audits: how far the augmented sets lie from the originals, and whose values the base holds."""

from collections.abc import Sequence
from typing import Any

from augment.audits.distribution import FEWEST_CLUSTERS
from augment.audits.rows import clusters_of
from bias_inherit.engine.artifact_files import ROWS
from bias_inherit.engine.assignment import Assignment
from bias_inherit.engine.experiment_file.data import OwnData
from bias_inherit.engine.planning.keys import own_rows
from bias_inherit.outputs.audit_files import distribution_of, keep, last_layer, last_layer_of, values_of
from bias_tasks.training_rows import TrainingRow, read_rows
from finetune.originals import SHIPPED

BATCH_SIZE = 16


def run_distribution(assignment: Assignment) -> dict[str, Any]:
    """Write the audit of distribution, of the sets that are large enough; without any, none.

    Shipped originals are drawn from all that ship, also where fewer are trained on.
    """
    step, store, session = assignment.step, assignment.store, assignment.session
    experiment = assignment.experiment
    sets = {parent.label: read_rows(store.artifact(parent) / ROWS) for parent in step.parents}
    originals = (
        own_rows(experiment.data.originals, "original")
        if isinstance(experiment.data.originals, OwnData)
        else SHIPPED[experiment.domain].rows(SHIPPED[experiment.domain].maximum, step.inputs["seed"])
    )
    large = {name: rows for name, rows in sets.items() if _clusters(rows) >= FEWEST_CLUSTERS}
    facts = {"sets": len(large), "too_small": len(sets) - len(large)}
    if not large or _clusters(originals) < 2 * FEWEST_CLUSTERS:
        return facts
    with session.language_model(BATCH_SIZE) as lm:
        audited = distribution_of(
            large,
            originals,
            last_layer(lm, BATCH_SIZE),
            last_layer_of(session.base.name),
            step.inputs["seed"],
            assignment.on_progress,
            most=step.inputs["most"],
        )
    keep(audited, assignment.work)
    return facts | {"auc": {name: round(each.auc, 2) for name, each in audited.result.comparisons.items()}}


def run_values(assignment: Assignment) -> dict[str, Any]:
    """Write the audit of values."""
    asked, session = assignment.step.inputs, assignment.session
    with session.language_model(BATCH_SIZE) as lm:
        audited = values_of(
            lm,
            session.base.name,
            str(assignment.experiment.audit.opinions),
            asked["questions"],
            asked["chat_template"],
            asked["seed"],
            assignment.on_progress,
        )
    keep(audited, assignment.work)
    return {"similarity": audited.result.overall.value, "flat": audited.result.uniform}


def _clusters(rows: Sequence[TrainingRow]) -> int:
    return len(set(clusters_of(rows)))
