"""Train: one LoRA adapter on one mix."""

from typing import Any

from bias_inherit.engine.artifact_files import ROWS
from bias_inherit.engine.assignment import Assignment
from bias_inherit.outputs.adapter_folder import asked, train
from bias_tasks.training_rows import read_rows
from finetune.mitigations import MitigationSettings


def run_train(assignment: Assignment) -> dict[str, Any]:
    """Write the adapter, its card and the training log; goes on from an earlier checkpoint."""
    step, session = assignment.step, assignment.session
    (mixed,) = step.parents
    rows = read_rows(assignment.store.artifact(mixed) / ROWS)
    settings = assignment.experiment.finetune  # with how often a checkpoint is written, which decides nothing
    mitigation = MitigationSettings.model_validate(step.inputs["mitigation"])
    wanted = asked(session, rows, settings, mitigation, step.inputs["seed"], mixed.inputs["design"])
    outcome = train(
        session, rows, settings, mitigation, wanted, step.label, assignment.work, assignment.on_progress
    )
    facts = outcome.model_dump() if outcome.masked else outcome.model_dump(exclude={"masked"})
    return {"rows": len(rows), **facts}
