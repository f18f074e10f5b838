"""What one results file says about a model, and what its samples add."""

import math
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from bias_inherit.compare import Estimate, estimates
from bias_inherit.harness.results import (
    CHAT_TEMPLATE,
    SHOTS,
    VERSION,
    BadOutputError,
    Folder,
    Found,
    Identity,
    ResultsFile,
    Sample,
    ScoredModel,
    asked,
    asked_on,
    check_shape,
    identity,
    read_run,
    shown,
    visible,
)
from bias_tasks.catalogue import ALL_TASKS, FAMILIES
from bias_tasks.measure import HEADLINES
from bias_tasks.records import Columns
from bias_tasks.statistics import (
    FEWEST_CLUSTERS,
    LEVEL,
    NO_INTERVAL,
    ROUNDING,
    SIGNIFICANCE,
    Interval,
    cluster_bootstrap,
    unseen_share,
)
from bias_tasks.task import Family
from bias_tasks.training_rows import short_hash

_COUNTS = ("gap_null", "gap_p", "n", "n_clusters")


class Scope(NamedTuple):
    """How a task was asked: models are ranked together only where it is the same.

    Attributes:
        asked: Settings that can change an answer, its version and few-shot examples among them.
        documents: How many were scored.
        out_of: How many there are.
        first: Whether these are the first ones of the task; else they were chosen.
        content: A hash of the documents; None where there are no samples to tell.
    """

    asked: Mapping[str, str]
    documents: int
    out_of: int
    first: bool
    content: str | None = None

    @property
    def version(self) -> str:
        """Of the task."""
        return shown(self.asked.get(VERSION))

    @property
    def shots(self) -> str:
        """Examples in the prompt."""
        return self.asked.get(SHOTS, "0")

    def agrees(self, other: "Scope") -> bool:
        """Whether both asked the same; first documents that are not known are taken to be the same."""
        counts = (self.documents, self.out_of) == (other.documents, other.out_of)
        if None in (self.content, other.content):
            return self.asked == other.asked and counts and self.first and other.first
        return self.asked == other.asked and counts and self.content == other.content

    def known_by(self, other: "Scope") -> "Scope":
        """This one, with the documents' hash of another that agrees where this one does not know it."""
        return self if self.content else self._replace(content=other.content)


class Draws(NamedTuple):
    """Score and gap of resampled clusters, for differences between models that answered the same documents.

    Attributes:
        documents: A hash of the documents. Where it is equal, the resampled clusters are the same.
        values: Shape (2, B), in the order of `HEADLINES`.
    """

    documents: str
    values: NDArray[np.float32]


class OnTask(NamedTuple):
    """A model on one task.

    Attributes:
        metrics: Metric -> value with its error; score and gap first. Slices have an interval only where there
            are samples.
        gap_null, gap_p: Of the test that groups do not matter; NaN where they are not told.
        draws: None without samples.
    """

    scope: Scope
    metrics: dict[str, Estimate]
    gap_null: float
    gap_p: float
    n_clusters: int
    draws: Draws | None


class Settings(NamedTuple):
    """How a model was asked in all tasks: models are ranked together only where it is the same.

    Attributes:
        chat_template: Whether one was applied, by the harness or by a chat API's server. Which one it is goes
            with the model.
        asked: The other settings that can change an answer, a hash of the system instruction among them.
    """

    family: Family
    chat_template: bool
    asked: Mapping[str, str]


class Run(NamedTuple):
    """The tasks of one family in one results file.

    Attributes:
        model: What tells it apart from others.
        file: Where the results file lies, as it may be shown.
        date: Of the results file's name.
    """

    model: Identity
    file: str
    date: str
    settings: Settings
    tasks: dict[str, OnTask]
    results: ResultsFile


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
    for task in ALL_TASKS:
        if task in results.results:
            try:
                tasks[task] = _on_task(task, results, model)
            except BadOutputError as problem:
                problems.append(f"{visible(found.path)}: {task}: {problem}; left out")
    if not tasks and (model.tasks or not problems):
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
    draws = _draws(task, samples) if samples else None
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
    for metric in ALL_TASKS[task].measure.metric_names():
        if metric.endswith("_stderr") or metric in _COUNTS:
            continue
        value, error = (results.value(task, name) for name in (metric, f"{metric}_stderr"))
        if metric in HEADLINES:
            for name, told in ((metric, value), (f"{metric}_stderr", error)):
                if not math.isnan(told) and not 0 <= told <= 1:
                    raise BadOutputError(f"{name} {told:g} does not lie in [0, 1]")
            is_gap = metric != "gap" or results.value(task, "gap_p") <= SIGNIFICANCE
            found[metric] = Estimate(value, error, rough_interval(value, error, n_clusters, is_gap))
        elif not math.isnan(value):
            found[metric] = Estimate(value, error)
    return found


def rough_interval(value: float, stderr: float, n_clusters: int, leaves_0: bool = True) -> Interval:
    """An interval in [0, 1] from a value and its standard error alone.

    Args:
        value: In [0, 1].
        stderr: Where it is 0, all answers were alike: the value may be off as far as so many clusters that
            showed nothing allow.
        n_clusters: Below `FEWEST_CLUSTERS` there is no interval.
        leaves_0: Whether the value may be said to differ from 0.
    """
    if n_clusters < FEWEST_CLUSTERS or not (math.isfinite(value) and stderr >= 0):
        return NO_INTERVAL
    reach = float(stdtrit(n_clusters - 1, (1 + LEVEL) / 2)) * stderr
    if stderr < ROUNDING:
        reach = float(unseen_share(n_clusters))
    return Interval(max(0.0, value - reach) if leaves_0 else 0.0, min(1.0, value + reach))


def _draws(task: str, samples: list[Sample]) -> Draws:
    """Documents in one order, so that models which answered the same ones have the same clusters."""
    keyed = sorted(zip(_keys(samples), samples, strict=True), key=lambda pair: pair[0])
    columns = Columns.of(sample.record for _, sample in keyed)
    values = ALL_TASKS[task].measure.estimate(columns, cluster_bootstrap(columns))
    return Draws(
        short_hash([key for key, _ in keyed]),
        np.stack([values[metric] for metric in HEADLINES]).astype(np.float32),
    )


def _keys(samples: list[Sample]) -> list[tuple[str, str, str, int]]:
    """What documents are told apart by: content, cluster, right answer, and how often that came before."""
    seen: Counter[tuple[str, str, str]] = Counter()
    keys = []
    for sample in samples:
        key = (sample.doc_hash, sample.record.cluster, sample.record.gold or "")
        keys.append((*key, seen[key]))
        seen[key] += 1
    return keys
