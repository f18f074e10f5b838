"""Adapter: one that was trained elsewhere becomes an artifact, so that what is scored stays at hand."""

import shutil
from pathlib import Path
from typing import Any

from bias_inherit.engine.assignment import Assignment
from bias_inherit.engine.planning.checkpoints import ADAPTER_FILES
from bias_inherit.engine.store import discard
from bias_inherit.models.tokenizer_files import tokenizer_files


def run_adapter(assignment: Assignment) -> dict[str, Any]:
    """Copy its two files, and its tokenizer's if it has one of its own."""
    work = assignment.work
    adapter = assignment.materials.adapters[assignment.step.inputs["adapter"]]
    discard(work)
    files = [*map(Path, ADAPTER_FILES), *tokenizer_files(adapter)]
    for name in files:
        (work / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(adapter / name, work / name)
    return {"bytes": sum((work / name).stat().st_size for name in files)}
