"""Placebos of a results file's tasks, which may have been scored later than those."""

from collections.abc import Mapping
from pathlib import Path

from bias_inherit.compare.placebo import beside_placebo
from bias_inherit.harness.results import ScoredModel, read_output
from bias_inherit.kit.errors import UsageError
from bias_tasks.in_question import placebo_of
from bias_tasks.statistics import PlaceboRatio


def ratios(model: ScoredModel, file: Path) -> Mapping[str, PlaceboRatio]:
    """How many times as much as its placebo the group moves the model, by harness name of the task.

    Args:
        model: What one results file says, with its samples.
        file: The results file. Placebos may be of another one in its folder, of the same model asked alike.
    """
    whole = _with_folder(model, file.parent) if _is_elsewhere(model, file.parent) else model
    tasks = [task for task, samples in model.samples.items() if whole.samples.get(task) == samples]
    return beside_placebo(whole, tasks).ratios


def _is_elsewhere(model: ScoredModel, folder: Path) -> bool:
    missing = {placebo_of(task) for task in model.samples} - {None} - set(model.samples)
    return any(next(folder.glob(f"samples_{placebo}_*.jsonl"), None) for placebo in missing)


def _with_folder(model: ScoredModel, folder: Path) -> ScoredModel:
    try:
        # What is wrong there is told where those files are read.
        return read_output(folder, lambda _: None)
    except UsageError:
        return model
