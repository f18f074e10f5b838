"""Mix: originals and augmented rows in the ratio γ."""

from typing import Any

from bias_inherit.engine.artifact_files import ROWS
from bias_inherit.engine.assignment import Assignment
from bias_inherit.engine.experiment_file.data import OwnData
from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.planning.keys import own_rows
from bias_inherit.kit.files import write_text
from bias_tasks.training_rows import TrainingRow, dump_rows, read_rows
from finetune.mixing import mix
from finetune.originals import SHIPPED


def run_mix(assignment: Assignment) -> dict[str, Any]:
    """Write the mixed rows."""
    step, store = assignment.step, assignment.store
    augmented = [row for parent in step.parents for row in read_rows(store.artifact(parent) / ROWS)]
    chosen = step.inputs
    rows = mix(
        _original_rows(assignment.experiment, chosen["originals"]["rows"], chosen["seed"]),
        augmented,
        chosen["gamma"],
        chosen["design"],
        chosen["seed"],
    )
    write_text(assignment.work / ROWS, dump_rows(rows))
    sources = [row.source for row in rows]
    return {"original": sources.count("original"), "augmented": sources.count("augmented")}


def _original_rows(experiment: Experiment, rows: int, seed: int) -> list[TrainingRow]:
    if isinstance(experiment.data.originals, OwnData):
        return own_rows(experiment.data.originals, "original")
    return SHIPPED[experiment.domain].rows(rows, seed)
