"""Mix: originals and augmented rows in the ratio γ."""

from pathlib import Path
from typing import Any

from bias_inherit.artifacts import Step, Store, write_text
from bias_inherit.experiment import DataSection
from bias_inherit.steps.generate import ROWS
from bias_tasks.training_rows import TrainingRow, dump_rows, read_rows
from finetune.mixing import mix
from finetune.originals.gender import originals


def run_mix(step: Step, work: Path, store: Store, data: DataSection) -> dict[str, Any]:
    """Write the mixed rows."""
    augmented = [row for parent in step.parents for row in read_rows(store.artifact(parent) / ROWS)]
    chosen = step.inputs
    rows = mix(
        _original_rows(data, chosen["seed"]),
        augmented,
        chosen["gamma"],
        chosen["design"],
        chosen["seed"],
    )
    write_text(work / ROWS, dump_rows(rows))
    sources = [row.source for row in rows]
    return {"original": sources.count("original"), "augmented": sources.count("augmented")}


def _original_rows(data: DataSection, seed: int) -> list[TrainingRow]:
    if isinstance(data.originals, str):
        return read_rows(Path(data.originals))
    return originals(data.originals, seed)
