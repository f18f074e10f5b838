"""The section `score`: which tasks models are asked, and how."""

from typing import Annotated

from pydantic import Field, field_validator, model_validator

from bias_inherit.engine.experiment_file.section import Section
from bias_tasks.catalogue import ALL_TASKS, TASKS, asked_for, unknown_task
from bias_tasks.in_question import beside, is_placebo


class ScoreSection(Section):
    """How models are scored.

    Attributes:
        tasks: Harness names of tasks, of families such as `bias_probe`, or patterns, as `lm_eval` takes
            them; the ten of `bias_inherit` by default. A placebo needs a task that it stands beside.
        limit: First documents of each task only; for trying things out.
        limits: Other limits for single tasks.
        until: Score in blocks of whole clusters, and end a task when its headline, model minus reference, is
            told from 0 or known to this width for every model of the study: from end to end of a confidence
            sequence, in the headline's own unit. By default all documents are scored.
        blocks: Into how many a task is divided at the most; no block has fewer than ten clusters.
    """

    tasks: tuple[str, ...] = tuple(TASKS)
    limit: int | None = Field(default=None, ge=1)
    limits: dict[str, Annotated[int, Field(ge=1)]] = Field(default={})
    until: float | None = Field(default=None, gt=0)
    blocks: int = Field(default=8, ge=2, le=64)
    batch_size: int = Field(default=16, ge=1)
    chat_template: bool = True

    @field_validator("tasks")
    @classmethod
    def _each_by_its_name(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return asked_for(names)

    @model_validator(mode="after")
    def _known_limits(self) -> "ScoreSection":
        for task in self.limits:
            if task not in ALL_TASKS:
                raise ValueError(unknown_task(task))
        return self

    @model_validator(mode="after")
    def _placebos_stand_beside_something(self) -> "ScoreSection":
        for placebo in filter(is_placebo, self.tasks):
            if not set(beside(placebo)) & set(self.tasks):
                raise ValueError(f"{placebo} stands beside nothing; list {' or '.join(beside(placebo))} too")
        return self

    @model_validator(mode="after")
    def _placebos_are_scored_whole(self) -> "ScoreSection":
        if self.until is not None and (placebos := [task for task in self.tasks if is_placebo(task)]):
            raise ValueError(
                f"until: {placebos[0]} needs all documents; score placebos in a study of their own"
            )
        return self

    def limit_of(self, task: str) -> int | None:
        """How many documents of a task are scored; None for all."""
        return self.limits.get(task, self.limit)
