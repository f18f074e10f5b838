"""What the tests of a report found, as its page and its figures take it."""

from typing import NamedTuple

from bias_inherit.compare import Difference, Family, HeadlineRow, OnTask, SeededDifference, Slope
from bias_inherit.engine.planning.plan import Model
from bias_inherit.report.arms import Arm
from bias_inherit.report.declared_tests.seeded_headline import SeededHeadline
from bias_tasks.margins import Margins
from bias_tasks.measure import HEADLINES
from bias_tasks.statistics import Interval

SHOWN = HEADLINES[::-1]
"""In this order on the page. The tests of both are one family in each table."""

OnTasks = dict[str, dict[str, Difference]]
"""Harness task name -> metric -> difference."""


class DoseResponse(NamedTuple):
    """How gap and score of each task move with γ in one arm.

    Attributes:
        slopes: Harness task name -> metric -> slope.
    """

    arm: Arm
    slopes: dict[str, dict[str, Slope]]


class RelatedTasks(NamedTuple):
    """Change of score against γ = 0, averaged over tasks that are related to bias alike.

    Attributes:
        relation: `direct` or `indirect`.
        tasks: Short names.
        interval: 95 %, normal; the tasks share no documents, so their errors add up in squares.
    """

    model: Model
    relation: str
    tasks: tuple[str, ...]
    delta: float
    interval: Interval


class Seeded(NamedTuple):
    """Δ against γ = 0 under several seeds, at an arm's largest γ.

    Attributes:
        differences: Harness task name -> metric -> difference.
    """

    arm: Arm
    differences: dict[str, dict[str, SeededDifference]]


class DeclaredTests(NamedTuple):
    """What the tests found.

    Attributes:
        margins: Of equivalence.
        families: What was adjusted together.
        of_differences: Those of the families that the differences in `study` are in.
        study: Label -> harness task name -> values and differences to γ = 0, with q.
        headline: What is asked first, (label, one signed change of a task): see `headline_of`.
        seeded_headline: The same over all training seeds; None where there is one.
        doses: Of every arm without a mitigation, in the first round, with the first seed.
        against_unmitigated: Label of a mitigated model -> its differences to the unmitigated one.
        headline_against_unmitigated: The same of its headlines.
        related: Direct and indirect classifications, of every arm in `doses`.
        seeded: Where there are several seeds.
    """

    margins: Margins
    families: tuple[Family, ...]
    of_differences: tuple[Family, ...]
    study: dict[str, dict[str, OnTask]]
    headline: list[tuple[str, HeadlineRow]]
    seeded_headline: SeededHeadline | None
    doses: list[DoseResponse]
    against_unmitigated: dict[str, OnTasks]
    headline_against_unmitigated: dict[str, dict[str, HeadlineRow]]
    related: list[RelatedTasks]
    seeded: list[Seeded]
