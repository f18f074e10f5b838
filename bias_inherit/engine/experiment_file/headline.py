"""The section `headline`: what is asked of a task first."""

from typing import Annotated, Any

from pydantic import BeforeValidator

from bias_inherit.engine.experiment_file.score import ScoreSection
from bias_tasks.catalogue import ALL_TASKS, unknown_task
from bias_tasks.headline import Headline


def _in_one_line(given: Any) -> Any:
    """`lean:up`, also of `{metric: lean, direction: up}`."""
    if not isinstance(given, dict):
        return given
    if unknown := sorted(set(given) - {"metric", "direction"}):
        raise ValueError(f"unknown field {unknown[0]!r}; expected metric and direction")
    if "metric" not in given:
        raise ValueError("metric is missing")
    return f"{given['metric']}:{given.get('direction', 'either')}"


Headlines = dict[str, Annotated[str, BeforeValidator(_in_one_line)]]
"""Harness task name -> what is asked first, a metric and a direction: `lean`, `lean:up`, `lean:down`.

Of other tasks their own is asked. It is part of the report: no key depends on it, nothing is scored again.
"""


def check_headlines(headlines: Headlines, scored: ScoreSection) -> None:
    """Hold what is asked first against what is scored.

    Raises:
        ValueError: which task is unknown or not scored, or what it cannot be asked.
    """
    for task, words in headlines.items():
        if task not in ALL_TASKS:
            raise ValueError(f"headline: {unknown_task(task)}")
        if task not in scored.tasks:
            raise ValueError(f"headline: {task} is not among score.tasks")
        try:
            ALL_TASKS[task].headline(words)
        except ValueError as error:
            raise ValueError(f"headline: {task}: {error}") from error


def declared_headlines(headlines: Headlines) -> dict[str, Headline]:
    """Harness task name -> what the file declares."""
    return {task: ALL_TASKS[task].headline(words) for task, words in headlines.items()}
