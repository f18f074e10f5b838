"""What one results file says about a model, and what its samples add."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from bias_inherit.board.draws import Draws, draws_of
from bias_inherit.board.reading.placebos import ratios
from bias_inherit.board.rough_interval import rough_interval
from bias_inherit.board.runs import OnTask, Run, Scope, Settings
from bias_inherit.compare import Estimate, estimates
from bias_inherit.harness.results import (
    CHAT_TEMPLATE,
    BadOutputError,
    Folder,
    Found,
    ResultsFile,
    ScoredModel,
    asked,
    asked_on,
    check_shape,
    identity,
    read_run,
    visible,
)
from bias_tasks.catalogue import ALL_TASKS, FAMILIES
from bias_tasks.in_question import is_placebo
from bias_tasks.measure import HEADLINES
from bias_tasks.statistics import SIGNIFICANCE, UNIT, Interval
from bias_tasks.task import Family

_COUNTS = ("gap_null", "gap_p", "n", "n_clusters")


class ReadRuns(NamedTuple):
    """What a results file holds, and what of it was left out."""

    runs: list[Run]
    problems: list[str]


def read_runs(root: Path, found: Found, with_samples: bool = True) -> ReadRuns:
    """The runs of a results file; none where it cannot be used.

    Values and standard errors are the results file's own. Where samples fit them, intervals and what pairs
    the model with others are computed from the samples.
    """
    folder, problems = Folder(root), list[str]()
    place = visible(Path(root.resolve().name, found.path.relative_to(root)))
    try:
        model = read_run(folder, found, problems.append, with_samples)
        results = check_shape(model.results, found.path)
    except BadOutputError as problem:
        return ReadRuns([], [str(problem)])
    tasks = {}
    beside = ratios(model, found.path)
    for task in ALL_TASKS:
        if task in results.results and not is_placebo(task):
            try:
                tasks[task] = _on_task(task, results, model)._replace(placebo=beside.get(task))
            except BadOutputError as problem:
                problems.append(f"{visible(found.path)}: {task}: {problem}; left out")
    if not tasks and not any(map(is_placebo, model.tasks)) and (model.tasks or not problems):
        problems.append(f"{visible(found.path)}: no results of our tasks")
    runs = []
    for family, of_family in FAMILIES.items():
        if here := {task: tasks[task] for task in of_family if task in tasks}:
            settings = _settings(family, model.results)
            runs.append(Run(identity(model.results), place, found.date, settings, here, results))
    return ReadRuns(runs, problems)


def _settings(family: Family, content: Mapping[str, Any]) -> Settings:
    told = asked(content)
    template = told.pop(CHAT_TEMPLATE, None)
    return Settings(family, template is not None, told)


def _on_task(task: str, results: ResultsFile, model: ScoredModel) -> OnTask:
    """One task of a results file.

    Raises:
        BadOutputError: a value is none that this task can have.
    """
    clusters = results.value(task, "n_clusters")
    n_clusters = 0 if math.isnan(clusters) else int(clusters)
    metrics = _told(task, results, n_clusters)
    if math.isnan(metrics["score"].value):
        raise BadOutputError("it has no score")
    samples = model.samples.get(task)
    draws = draws_of(task, samples) if samples else None
    if samples:
        computed = estimates(model, task)
        metrics = {
            metric: _with_interval(told, computed[metric].interval) for metric, told in metrics.items()
        }
    return OnTask(
        _scope(task, results, model.results, draws),
        metrics,
        results.value(task, "gap_null"),
        results.value(task, "gap_p"),
        n_clusters,
        draws,
    )


def _with_interval(told: Estimate, interval: Interval) -> Estimate:
    """The interval from samples, unless no resample differed: then it says nothing."""
    return told if math.isnan(interval.low) else told._replace(interval=interval)


def _scope(task: str, results: ResultsFile, content: Mapping[str, Any], draws: Draws | None) -> Scope:
    count = results.n_samples.get(task)
    scored = results.value(task, "n")
    told = 0 if math.isnan(scored) else int(scored)
    documents, out_of = (count.effective, count.original) if count else (told, told)
    first = documents == out_of or results.config.limit is not None
    return Scope(asked_on(content, task), documents, out_of, first, draws.documents if draws else None)


def _told(task: str, results: ResultsFile, n_clusters: int) -> dict[str, Estimate]:
    """Every metric of the task that the results file has, with its standard error."""
    found = {}
    measure = ALL_TASKS[task].measure
    limits = measure.limits()
    for metric in measure.metric_names():
        if metric.endswith("_stderr") or metric in _COUNTS:
            continue
        value, error = (results.value(task, name) for name in (metric, f"{metric}_stderr"))
        if metric in HEADLINES:
            of_metric = limits[metric]
            for name, told, (low, high) in ((metric, value, of_metric), (f"{metric}_stderr", error, UNIT)):
                if not math.isnan(told) and not low <= told <= high:
                    raise BadOutputError(f"{name} {told:g} does not lie in [{low:g}, {high:g}]")
            is_gap = metric != "gap" or results.value(task, "gap_p") <= SIGNIFICANCE
            interval = rough_interval(value, error, n_clusters, of_metric, is_gap)
            found[metric] = Estimate(value, error, interval)
        elif not math.isnan(value):
            found[metric] = Estimate(value, error)
    return found
