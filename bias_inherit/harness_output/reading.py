"""One model's results with the samples that belong to them."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from bias_inherit.errors import UsageError
from bias_inherit.harness_output.cut_off import check_room
from bias_inherit.harness_output.files import BadOutputError, Folder, Found
from bias_inherit.harness_output.results_file import ResultsFile, check_shape, read_results
from bias_inherit.harness_output.samples_file import Sample, read_samples
from bias_inherit.harness_output.visible import visible
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.records import Columns
from bias_tasks.statistics import identity

OnProblem = Callable[[str], None]
"""Told in one line what was left out and why."""

TOLERANCE = 1e-6
"""Between a value in the results and the same value from the samples: sums in another order."""


class ScoredModel(NamedTuple):
    """One run of the harness, our tasks only.

    Attributes:
        results: The content of the results file.
        samples: Harness task name -> scored documents, in document order.
    """

    results: Mapping[str, Any]
    samples: dict[str, list[Sample]]

    @property
    def name(self) -> str:
        """What the harness calls the model, fit to be shown."""
        return visible(self.results.get("model_name") or "unnamed model")


def refuse(problem: str) -> None:
    """What to do with a problem where none may be: fail."""
    raise UsageError(problem)


def read_output(path: Path, on_problem: OnProblem = refuse) -> ScoredModel:
    """The newest results with samples in a folder that `lm_eval --output_path` (or a score step) wrote.

    Args:
        path: The folder, or one results file in it.
        on_problem: Called for each thing that is left out; by default the first one is an error.

    Raises:
        UsageError: there are no results with samples of our tasks.
    """
    if not path.exists():
        raise UsageError(f"{visible(path)}: no such folder; expected one that lm_eval wrote")
    folder = Folder(path if path.is_dir() else path.parent)
    files = [file for file in folder.results_files(on_problem) if path.is_dir() or file.path == path]
    if not files:
        raise UsageError(f"{visible(path)}: no results_*.json below; expected a folder that lm_eval wrote")
    for file in reversed(files):
        try:
            model = read_run(folder, file, on_problem)
        except BadOutputError as problem:
            on_problem(str(problem))
            continue
        if model.samples:
            if len(files) > 1:
                shown = visible(file.path.relative_to(folder.path))
                on_problem(
                    f"{visible(path)}: {len(files)} results files; the newest with samples is read: {shown}"
                )
            return model
    raise UsageError(
        f"{visible(path)}: no usable samples of bias_inherit tasks; lm_eval writes them with --log_samples"
    )


def read_run(folder: Folder, file: Found, on_problem: OnProblem) -> ScoredModel:
    """A results file and the samples beside it that fit it.

    Raises:
        BadOutputError: the results file cannot be used.
    """
    content = read_results(folder, file.path)
    results = check_shape(content, file.path)
    samples = {}
    for task in ALL_TASKS:
        path = file.path.with_name(f"samples_{task}_{file.date}.jsonl")
        # A broken link does not exist, and is told all the same.
        if path.exists() or path.is_symlink():
            try:
                found = read_samples(folder, path)
                _check_fit(task, found, results, path)
                check_room(sum(sample.cut_off for sample in found), len(found), content, path)
            except BadOutputError as problem:
                on_problem(f"{problem}; its samples are left out")
            else:
                samples[task] = found
    return ScoredModel(content, samples)


def _check_fit(task: str, samples: list[Sample], results: ResultsFile, path: Path) -> None:
    """Whether the samples are those that the results were computed from, and of tasks that we know.

    Raises:
        BadOutputError: they are not.
    """
    count = results.n_samples.get(task)
    if count is not None and count.effective != len(samples):
        raise BadOutputError(
            f"{visible(path)}: {len(samples)} documents, where the results are of {count.effective}"
        )
    measured = _measured(task, samples)
    for metric in ("score", "gap"):
        told, found = results.value(task, metric), measured.get(metric, math.nan)
        if not (math.isnan(told) and math.isnan(found)) and not abs(told - found) <= TOLERANCE:
            version = visible(results.versions.get(task))
            raise BadOutputError(
                f"{visible(path)}: does not fit the results: {metric} {found:.4f} against {told:.4f} "
                f"(changed, or of another version of the task; the results say version {version})"
            )


def _measured(task: str, samples: list[Sample]) -> dict[str, float]:
    """Score and gap of these records; nothing where they are no records of this task.

    What a record may hold is known to the task's measure alone, so it is tried.
    """
    columns = Columns.of(sample.record for sample in samples)
    try:
        values = ALL_TASKS[task].measure.estimate(columns, identity(columns))
    except (TypeError, ValueError, KeyError, IndexError, AttributeError):
        return {}
    return {metric: float(values[metric][0]) for metric in ("score", "gap")}
