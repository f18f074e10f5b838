"""What `declared.yaml` may declare: comparisons of models, readings of answers, and findings."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from bias_inherit.engine.planning.plan import Model
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.headline import Direction
from bias_tasks.margins import MARGINS, Unit
from bias_tasks.statistics import slope_weights
from bias_tasks.task import Domain
from bias_tasks.training_rows import short_hash

FILE = Path(__file__).with_name("declared.yaml")
Weights = Mapping[str, float]
"""Model's label -> its weight, in models of one seed."""
Section = Literal["control", "directions", "mitigations"]
"""Of the page."""


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Group(_Declared):
    """Models by how they were trained: every set at every γ, without a mitigation.

    Attributes:
        bias_types: Each a set of its own.
        rates: Of planted sets.
        gammas: 0 is the model without augmented rows.
    """

    bias_types: tuple[int, ...] = ()
    rates: tuple[float, ...] = ()
    gammas: tuple[float, ...] = Field(min_length=1)
    round: int = 1

    def members(self, models: Sequence[Model]) -> list[Model] | None:
        """In the order of γ; None where one is missing.

        Args:
            models: Of one seed.
        """
        found = [self._member(models, gamma, name) for gamma in self.gammas for name in self._sets(gamma)]
        return None if None in found else [model for model in found if model]

    def _sets(self, gamma: float) -> Iterator[tuple[tuple[int, ...], float | None]]:
        """Bias types and rate of each set."""
        if not gamma:
            yield (), None
            return
        yield from (((number,), None) for number in self.bias_types)
        yield from (((), rate) for rate in self.rates)

    def _member(
        self, models: Sequence[Model], gamma: float, name: tuple[tuple[int, ...], float | None]
    ) -> Model | None:
        wanted = (gamma, *name, self.round)
        return next((m for m in models if m.mitigation == "none" and _cell(m) == wanted), None)


def _cell(model: Model) -> tuple[object, ...]:
    rate = model.planted.rate if model.planted else None
    return model.gamma, model.bias_types, rate, model.round


class Difference(_Declared):
    """The mean of one group minus that of another.

    Attributes:
        beside: What else the first is held against, for description.
    """

    words: str
    plus: Group
    minus: Group
    beside: Group | None = None

    def weights(self, models: Sequence[Model]) -> Weights | None:
        """None where a model is missing.

        Args:
            models: Of one seed.
        """
        return _minus(self.plus.members(models), self.minus.members(models))

    def weights_beside(self, models: Sequence[Model]) -> Weights | None:
        """Of the first group minus what stands beside it."""
        return _minus(self.plus.members(models), self.beside.members(models)) if self.beside else None


class Along(_Declared):
    """The change along the straight line through models of several γ, from the least γ to the largest."""

    words: str
    along: Group

    def weights(self, models: Sequence[Model]) -> Weights | None:
        members = self.along.members(models)
        if members is None:
            return None
        gammas = [model.gamma or 0.0 for model in members]
        changes = slope_weights(gammas) * (max(gammas) - min(gammas))
        return {model.label: float(weight) for model, weight in zip(members, changes, strict=True)}

    def weights_beside(self, models: Sequence[Model]) -> Weights | None:
        return None


class Mitigated(_Declared):
    """Every set that was trained with a mitigation, at the largest γ: with it minus without one."""

    words: str
    mitigation: str

    def weights(self, models: Sequence[Model]) -> Weights | None:
        treated = [model for model in models if model.mitigation == self.mitigation and not model.planted]
        plain = {_cell(model): model for model in models if model.mitigation == "none"}
        if not treated or not all(_cell(model) in plain for model in treated):
            return None
        return _minus(treated, [plain[_cell(model)] for model in treated])

    def weights_beside(self, models: Sequence[Model]) -> Weights | None:
        return None


Comparison = Difference | Along | Mitigated


def _minus(plus: Sequence[Model] | None, minus: Sequence[Model] | None) -> Weights | None:
    if not plus or not minus:
        return None
    return {
        **{model.label: 1 / len(plus) for model in plus},
        **{model.label: -1 / len(minus) for model in minus},
    }


class Reading(_Declared):
    """What is read of a model's answers: a weighted sum of metrics, the mean over tasks.

    Attributes:
        domain: Of the experiments that score these tasks.
        tasks: Harness names.
    """

    words: str
    domain: Domain
    tasks: tuple[str, ...] = Field(min_length=1)
    metrics: dict[str, float] = Field(min_length=1)
    unit: Unit | Literal["dollars"]

    @property
    def margin(self) -> float:
        """Below which a change counts as none; NaN where none is declared."""
        return MARGINS.of(self.unit) if self.unit in get_args(Unit) else float(np.nan)  # type: ignore[arg-type]

    @model_validator(mode="after")
    def _tasks_are_known(self) -> "Reading":
        if unknown := [task for task in self.tasks if task not in ALL_TASKS]:
            raise ValueError(f"unknown task {unknown[0]!r}")
        return self


class Row(_Declared):
    """One question: a reading in a comparison, and the direction that the paper reports."""

    reading: str
    comparison: str
    expected: Direction


class Finding(_Declared):
    """What the paper reports, and the questions that ask whether it is so here: a family of tests.

    Attributes:
        untested: Why no model answers them.
    """

    name: str
    says: str
    section: Section | None = None
    untested: str = ""
    rows: tuple[Row, ...] = ()


class Declarations(_Declared):
    """All of the file.

    Attributes:
        declared: When.
        changed: What was changed since, and why.
    """

    declared: date
    changed: tuple[str, ...] = ()
    comparisons: dict[str, Comparison]
    readings: dict[str, Reading]
    findings: tuple[Finding, ...]

    @property
    def fingerprint(self) -> str:
        """Of all that decides a number: what is read, and what is held against each other."""
        named = {**self.comparisons, **self.readings}
        return short_hash(
            [[name, one.model_dump(mode="json", exclude={"words"})] for name, one in named.items()]
        )

    @model_validator(mode="after")
    def _rows_name_what_is_there(self) -> "Declarations":
        for finding in self.findings:
            if not (finding.rows or finding.untested) or bool(finding.rows) != bool(finding.section):
                raise ValueError(f"{finding.name}: expected rows and their section, or why it is untested")
            for row in finding.rows:
                for name, there in ((row.reading, self.readings), (row.comparison, self.comparisons)):
                    if name not in there:
                        raise ValueError(f"{finding.name}: there is no {name!r}")
        return self


def declarations(path: Path = FILE) -> Declarations:
    """Read the file."""
    return Declarations.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
