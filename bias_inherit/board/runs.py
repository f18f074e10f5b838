"""A run on the board: one model on the tasks of one family, and how it was asked."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from bias_inherit.board.draws import Draws
from bias_inherit.compare import Estimate
from bias_inherit.harness.results import SHOTS, VERSION, Identity, ResultsFile, shown
from bias_tasks.measure import LEAN
from bias_tasks.statistics import SIGNIFICANCE, PlaceboRatio
from bias_tasks.task import Family


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
        """Whether both asked the same of the same documents."""
        return self.asked == other.asked and self.has_documents_of(other)

    def has_documents_of(self, other: "Scope") -> bool:
        """Whether the documents are the same; first ones that are not known are taken to be."""
        if (self.documents, self.out_of) != (other.documents, other.out_of):
            return False
        if None in (self.content, other.content):
            return self.first and other.first
        return self.content == other.content

    def known_by(self, other: "Scope") -> "Scope":
        """This one, with the documents' hash of another that agrees where this one does not know it."""
        return self if self.content else self._replace(content=other.content)


class OnTask(NamedTuple):
    """A model on one task.

    Attributes:
        metrics: Metric -> value with its error; score and gap first. Slices have an interval only where there
            are samples.
        gap_null, gap_p: Of the test that groups do not matter; NaN where they are not told.
        draws: None without samples.
        placebo: How many times as much as it the group moves the model; None without samples of both.
    """

    scope: Scope
    metrics: dict[str, Estimate]
    gap_null: float
    gap_p: float
    n_clusters: int
    draws: Draws | None
    placebo: PlaceboRatio | None = None

    @property
    def lean(self) -> Estimate | None:
        """The signed graded contrast; None where answers were not read finely."""
        found = self.metrics.get(LEAN)
        return None if found is None or math.isnan(found.value) else found

    @property
    def lean_p(self) -> float:
        """Of the test that groups do not matter to `lean`, taken alone; NaN where it is not told."""
        p = self.metrics.get(f"{LEAN}_p")
        return math.nan if p is None else p.value

    @property
    def leans(self) -> bool:
        """Whether `lean` is told from 0, taken alone."""
        return self.lean is not None and self.lean_p <= SIGNIFICANCE


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
