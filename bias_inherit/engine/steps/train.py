"""Train: one LoRA adapter on one mix."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bias_inherit.engine.experiment_file import Experiment
from bias_inherit.engine.step import Step
from bias_inherit.engine.steps.generate import ROWS
from bias_inherit.engine.store import Store
from bias_inherit.models.session import Session
from bias_inherit.outputs.adapter_folder import asked, train
from bias_tasks.training_rows import read_rows
from finetune.mitigations import MitigationSettings


def run_train(
    step: Step,
    work: Path,
    store: Store,
    session: Session,
    experiment: Experiment,
    on_progress: Callable[[int, int], None],
) -> dict[str, Any]:
    """Write the adapter, its card and the training log; goes on from an earlier checkpoint."""
    (mixed,) = step.parents
    rows = read_rows(store.artifact(mixed) / ROWS)
    settings = experiment.finetune  # with how often a checkpoint is written, which decides nothing
    mitigation = MitigationSettings.model_validate(step.inputs["mitigation"])
    wanted = asked(session, rows, settings, mitigation, step.inputs["seed"], mixed.inputs["design"])
    outcome = train(session, rows, settings, mitigation, wanted, step.label, work, on_progress)
    facts = outcome.model_dump() if outcome.masked else outcome.model_dump(exclude={"masked"})
    return {"rows": len(rows), **facts}
