"""Checkpoints inside a training run: which of them can be gone on from.

transformers' Trainer writes a checkpoint file by file, so a process that is killed leaves a part of one. A
checkpoint counts only if it holds a marker, which is written last, names the run that it belongs to, and
agrees with the files beside it.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from accelerate import PartialState
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR

FOLDER = "checkpoints"
_MARKER = "complete.json"


class MarkComplete(TrainerCallback):  # type: ignore[misc]
    """Puts the marker into each checkpoint once every process has written its part.

    Args:
        run: What identifies the run: the same for equal data, settings and seed.
    """

    def __init__(self, run: str) -> None:
        self.run = run

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        PartialState().wait_for_everyone()
        if state.is_world_process_zero:
            folder = Path(args.output_dir) / f"{PREFIX_CHECKPOINT_DIR}-{state.global_step}"
            beside = folder / f"{_MARKER}.part"
            beside.write_text(_marker(self.run, folder), encoding="utf-8")
            beside.replace(folder / _MARKER)


def newest_complete(folder: Path, run: str) -> Path | None:
    """The latest complete checkpoint of the run; None if there is none. Changes nothing."""
    complete = [
        marker.parent
        for marker in folder.glob(f"{PREFIX_CHECKPOINT_DIR}-*/{_MARKER}")
        if marker.read_text(encoding="utf-8") == _marker(run, marker.parent)
    ]
    return max(complete, key=_step, default=None)


def remove_others(folder: Path, kept: Path | None) -> None:
    """Remove what is left of half-written checkpoints and of other runs."""
    for path in folder.glob(f"{PREFIX_CHECKPOINT_DIR}-*"):
        if path != kept:
            shutil.rmtree(path)


def _marker(run: str, checkpoint: Path) -> str:
    files = (path for path in checkpoint.rglob("*") if path.is_file() and not path.name.startswith(_MARKER))
    sizes = {path.relative_to(checkpoint).as_posix(): path.stat().st_size for path in files}
    return json.dumps({"run": run, "bytes": sizes}, sort_keys=True)


def _step(checkpoint: Path) -> int:
    return int(checkpoint.name.rpartition("-")[2])
