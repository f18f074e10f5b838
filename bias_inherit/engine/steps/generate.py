"""Generate: let the base write augmented rows, and audit whom it wrote about."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from augment.audits.groups import audit_groups
from augment.bias_types import BIAS_TYPES
from augment.corpus import shipped
from augment.domains import domain
from augment.generation import HopelessGenerationError, generate
from augment.prompts import PromptTemplate
from augment.request import Request
from augment.settings import GenerationSettings
from bias_inherit.engine.artifact_files import AUDIT, ROWS
from bias_inherit.engine.assignment import Assignment
from bias_inherit.engine.planning.keys import own_rows
from bias_inherit.kit.errors import RunError
from bias_inherit.kit.files import write_json, write_text
from bias_tasks.population import population
from bias_tasks.training_rows import TrainingRow, dump_rows

JOURNAL = "attempts.jsonl"


def run_generate(assignment: Assignment) -> dict[str, Any]:
    """Write rows, the journal of attempts and the group audit; goes on from an earlier journal.

    Rows that ship, and rows of one's own, are only copied. With a training for a parent, that model writes.

    Raises:
        RunError: the generator's texts are hardly ever acceptable.
    """
    step, work, session = assignment.step, assignment.work, assignment.session
    if own := assignment.experiment.data.augmented:
        rows = own_rows(own, "augmented")
        _keep(rows, work)
        return {"rows": len(rows), "origin": "the user's own"}
    bias_type = BIAS_TYPES[step.inputs["bias_type"]]
    wanted: int = step.inputs["rows"]
    if "shipped" in step.inputs:
        there = shipped(step.inputs["domain"], bias_type)
        _keep(there.rows[:wanted], work)
        return {
            "rows": wanted,
            "origin": f"written by {there.sidecar.asked.generator}, shipped with the package",
        }
    writer = assignment.store.artifact(step.parents[0]) if step.parents else None
    settings = GenerationSettings.model_validate(step.inputs["settings"])
    request = Request(
        domain=domain(step.inputs["domain"], population()),
        bias_type=bias_type,
        template=PromptTemplate.shipped(step.inputs["domain"], bias_type, settings.elicitation),
        generator=session.base.name if writer is None else f"{session.base.name} + {writer.name}",
        rows=wanted,
        settings=settings,
        seed=step.inputs["seed"],
    )
    with session.language_model(request.settings.batch_size, writer) as lm:
        try:
            outcome = generate(
                lm,
                request,
                work / JOURNAL,
                lambda accepted, _attempts: assignment.on_progress(accepted, wanted),
            )
        except HopelessGenerationError as error:
            raise RunError(str(error)) from error
    _keep(outcome.rows, work)
    return {"rows": len(outcome.rows), "attempts": outcome.attempts, "refused": outcome.refused}


def _keep(rows: Sequence[TrainingRow], work: Path) -> None:
    write_text(work / ROWS, dump_rows(rows))
    write_json(work / AUDIT, audit_groups(rows, population()).model_dump())
