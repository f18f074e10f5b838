"""One model's results with the samples that belong to them."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from bias_inherit.harness.results.cut_off import check_room
from bias_inherit.harness.results.files import BadOutputError, Folder, Found
from bias_inherit.harness.results.identity import identity, model_names
from bias_inherit.harness.results.newest import newest_of_each_task
from bias_inherit.harness.results.results_file import ResultsFile, check_shape, read_results
from bias_inherit.harness.results.samples_file import OthersAnswersError, Sample, read_samples
from bias_inherit.harness.results.scored_alike import ways_that_differ
from bias_inherit.harness.results.visible import visible
from bias_inherit.kit.errors import UsageError
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.in_question import in_question
from bias_tasks.records import Columns
from bias_tasks.statistics import identity as once_each
from bias_tasks.ungraded import is_ungraded

OnProblem = Callable[[str], None]
"""Told in one line what was left out and why."""

TOLERANCE = 1e-6
"""Between a value in the results and the same value from the samples: sums in another order."""

_BY_TASK = ("results", "versions", "n-shot", "n-samples", "configs")
"""Keys of a results file that hold an entry for each task."""


class ScoredModel(NamedTuple):
    """A model that the harness scored, our tasks only.

    Attributes:
        results: The content of a results file. Where tasks are of several files, that of the newest, with
            what the others say of their tasks.
        samples: Harness task name -> scored documents, in document order.
    """

    results: Mapping[str, Any]
    samples: dict[str, list[Sample]]

    @property
    def tasks(self) -> list[str]:
        """Those of our tasks that there are results of."""
        return [task for task in ALL_TASKS if task in self.results.get("results", {})]

    @property
    def in_question(self) -> "ScoredModel":
        """The same with the samples of the tasks that are tested and ranked alone: see `in_question`."""
        return self._replace(samples={task: self.samples[task] for task in in_question(self.samples)})

    @property
    def ungraded(self) -> list[str]:
        """The tasks that could be read finely and were not."""
        return [
            task
            for task, samples in self.samples.items()
            if is_ungraded(task, (sample.record for sample in samples))
        ]

    @property
    def name(self) -> str:
        """What the model is called, fit to be shown: with its adapter, and a revision but the main one."""
        (name,) = model_names([identity(self.results)])
        return name


def refuse(problem: str) -> None:
    """What to do with a problem where none may be: fail."""
    raise UsageError(problem)


def read_output(path: Path, on_problem: OnProblem = refuse) -> ScoredModel:
    """The newest results with samples of each task in a folder that `lm_eval --output_path` wrote.

    The model is that of the newest such file; older files of other models, or of the same model asked in
    another way, are told and left out.

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
    told: list[str] = []

    def tell(problem: str) -> None:
        told.append(problem)
        on_problem(problem)

    runs = _newest_with_samples(folder, files, tell)
    if not runs:
        raise UsageError(
            f"{visible(path)}: no usable samples of bias_inherit tasks; "
            + ("see the lines above" if told else "lm_eval writes them with --log_samples")
        )
    if len(files) > 1:
        read = ", ".join(f"{_words(list(run.model.samples))} of {run.file}" for run in runs)
        on_problem(f"{visible(path)}: {len(files)} results files; read: {read}")
    return _merged([run.model for run in runs])


class _Read(NamedTuple):
    """What was read of one results file; `file` as it may be shown."""

    file: str
    model: ScoredModel


def _newest_with_samples(folder: Folder, files: list[Found], on_problem: OnProblem) -> list[_Read]:
    """Of one model the newest usable samples of each task, file by file, the newest first."""
    runs: list[_Read] = []
    taken: set[str] = set()
    held: list[tuple[str, list[str]]] = []
    for file in reversed(files):
        name = visible(file.path.relative_to(folder.path))
        try:
            scored = _scored(folder, file, on_problem)
        except BadOutputError as problem:
            on_problem(str(problem))
            continue
        if runs and scored.tasks and (unlike := _unlike(runs[0], scored)):
            on_problem(f"{name}: {unlike}")
            continue
        fresh = [task for task in scored.tasks if task not in taken]
        model = _with_samples(folder, file, scored, fresh, on_problem)
        if model.samples:
            runs.append(_Read(name, model))
        bare = [task for task in fresh if not _samples_file(file, task).exists()]
        if bare and len(files) > 1:
            on_problem(f"{name}: {_words(bare)} without samples; lm_eval writes them with --log_samples")
        held.append((name, [task for task in model.tasks if task in taken or task in model.samples]))
        taken |= set(model.samples)
    for line in newest_of_each_task(held).older:
        on_problem(line)
    return runs


def _unlike(newest: _Read, other: ScoredModel) -> str | None:
    """Why two runs of one folder do not belong together, if they do not."""
    one, name = model_names([identity(model.results) for model in (newest.model, other)])
    if one != name:
        return f"of {name}, and left out; {newest.file} is newer and of {one}"
    for line in ways_that_differ(newest.model.results, other.results):
        return f"not scored as {newest.file}, which is newer, and left out: {line}"
    return None


def _words(tasks: list[str]) -> str:
    return tasks[0] if len(tasks) == 1 else f"{len(tasks)} tasks"


def _merged(runs: list[ScoredModel]) -> ScoredModel:
    """One model of several files, the newest first, that share no task's samples."""
    results = dict(runs[0].results)
    for key in _BY_TASK:
        entries = dict(results.get(key) or {})
        for run in runs[1:]:
            there = run.results.get(key) or {}
            entries |= {task: there[task] for task in run.samples if task in there}
        results[key] = entries
    samples = {task: found for run in runs for task, found in run.samples.items()}
    return ScoredModel(results, {task: samples[task] for task in ALL_TASKS if task in samples})


def read_run(folder: Folder, file: Found, on_problem: OnProblem, with_samples: bool = True) -> ScoredModel:
    """A results file and the samples beside it that fit it.

    Args:
        with_samples: Whether to read them.

    Raises:
        BadOutputError: the results file cannot be used.
    """
    scored = _scored(folder, file, on_problem)
    return _with_samples(folder, file, scored, ALL_TASKS, on_problem) if with_samples else scored


def _scored(folder: Folder, file: Found, on_problem: OnProblem) -> ScoredModel:
    """A results file without the tasks that were asked and not scored.

    Raises:
        BadOutputError: it cannot be used.
    """
    content = read_results(folder, file.path)
    results = check_shape(content, file.path)
    predicted = [task for task in ALL_TASKS if task in results.results and results.is_predicted_only(task)]
    if predicted:
        on_problem(
            f"{visible(file.path)}: {_words(predicted)} with answers and no scores, as --predict_only leaves "
            "them; run lm_eval again without it"
        )
    return _without(ScoredModel(content, {}), predicted)


def _without(model: ScoredModel, tasks: Iterable[str]) -> ScoredModel:
    kept = {task: found for task, found in model.results["results"].items() if task not in tasks}
    return model._replace(results={**model.results, "results": kept})


def _with_samples(
    folder: Folder, file: Found, scored: ScoredModel, tasks: Collection[str], on_problem: OnProblem
) -> ScoredModel:
    """The run with the samples of some of its tasks, without those whose answers are to other documents."""
    results = check_shape(scored.results, file.path)
    samples, wrong = {}, []
    for task in (task for task in scored.tasks if task in tasks):
        path = _samples_file(file, task)
        # A broken link does not exist, and is told all the same.
        if path.exists() or path.is_symlink():
            try:
                found = read_samples(folder, path)
                _check_fit(task, found, results, path)
                check_room(sum(sample.cut_off for sample in found), len(found), scored.results, path)
            except OthersAnswersError as problem:
                on_problem(f"{problem}; the task is left out")
                wrong.append(task)
            except BadOutputError as problem:
                on_problem(f"{problem}; its samples are left out")
            else:
                samples[task] = found
    return _without(scored._replace(samples=samples), wrong)


def _samples_file(file: Found, task: str) -> Path:
    return file.path.with_name(f"samples_{task}_{file.date}.jsonl")


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
        values = ALL_TASKS[task].measure.estimate(columns, once_each(columns))
    except (TypeError, ValueError, KeyError, IndexError, AttributeError):
        return {}
    return {metric: float(values[metric][0]) for metric in ("score", "gap")}
