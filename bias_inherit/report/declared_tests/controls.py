"""What planted controls found: whether it is seen, from which dose on, and what changes it."""

from math import isnan
from typing import Literal, NamedTuple

from bias_inherit.compare import Family
from bias_inherit.compare.doses import Responding
from bias_inherit.report.declared_tests.conditions import Condition, Conditions
from bias_tasks.statistics import SIGNIFICANCE, Effect, Share, told_by_chance

REFERENCE = "γ = 0"
"""What a dose is told from where there is no rate 0."""
Axis = Literal["rate", "γ"]
Monotone = Literal["monotone", "not contradicted", "contradicted"]
"""Whether every step goes one way; if not, whether one that goes back is told from 0 (Holm)."""


class Tested(NamedTuple):
    """An effect with what is asked of it.

    Attributes:
        p: In the declared direction, for all contrasts that were asked.
        p_holm: Among the tests of its family.
    """

    effect: Effect
    p: float
    p_holm: float = float("nan")

    @property
    def is_told(self) -> bool:
        """Whether it is told from 0, taken alone, and no seed contradicts it."""
        return self.p <= SIGNIFICANCE and not self.effect.is_contradicted

    @property
    def is_found(self) -> bool:
        """Whether it is told from 0 in its family, and no seed contradicts it."""
        return self.p_holm <= SIGNIFICANCE and not self.effect.is_contradicted

    @property
    def rank(self) -> tuple[bool, bool, float]:
        """The surest of several has the smallest: one that is told from 0 under every seed, else by p."""
        return not self.is_told, isnan(self.p), self.p

    @property
    def is_mixed(self) -> bool:
        """Whether a p of documents alone would tell it from 0, but some seed contradicts it."""
        p = self.p if isnan(self.p_holm) else self.p_holm
        return p <= SIGNIFICANCE and self.effect.is_contradicted


class Dose(NamedTuple):
    """One dose.

    Attributes:
        over_reference: Minus γ = 0.
        over_nothing: Minus the smallest dose of the curve; None of that itself.
    """

    dose: float
    over_reference: Effect
    over_nothing: Tested | None


class DoseCurve(NamedTuple):
    """Dose and response of one task.

    Attributes:
        axis: What is varied.
        nothing: What the smallest dose is.
        trend: Slope of least squares over the doses, within each seed; None of two doses.
        back: The step back that is the surest, with Holm's p among the steps; None where there is none.
    """

    axis: Axis
    nothing: str
    doses: tuple[Dose, ...]
    trend: Tested | None
    monotone: Monotone
    back: Tested | None

    @property
    def starts_at_reference(self) -> bool:
        """Whether the smallest dose is γ = 0, so that both differences of a dose are the same one."""
        return self.nothing == REFERENCE

    @property
    def smallest_found(self) -> float | None:
        """The smallest dose from which on every dose is told from none."""
        smallest = None
        for dose in reversed(self.doses):
            if dose.over_nothing is None or not dose.over_nothing.is_found:
                break
            smallest = dose.dose
        return smallest


class Negative(NamedTuple):
    """The negative control of one task: rate 0 minus γ = 0.

    Attributes:
        seed: Whose documents alone it is of; None: over seeds and documents.
        tested: In either direction.
    """

    task: str
    seed: int | None
    tested: Tested


class Left(NamedTuple):
    """What a mitigation leaves of the full dose, or what other rows do beside it.

    Attributes:
        tested: Minus no dose, in either direction.
        share: Of the full dose's effect.
    """

    condition: Condition
    tested: Tested
    share: Share


Cause = Literal["missed", "cue", "mixed", "neither"]
"""Of what is there with *token*: its warning is missed at test time, or it is a cue that was learnt.

mixed: seeds disagree.
"""


class SentenceEffect(NamedTuple):
    """What the sentence of *token* does at test time to a model of the full dose.

    Attributes:
        condition: Scored with the sentence.
        tested: What is left with it minus what is left without, in either direction.
    """

    condition: Condition
    tested: Tested

    def speaks_for(self, full: Tested) -> Cause:
        """Less of the full dose where the sentence stands: it is missed. More: it is a cue."""
        if not self.tested.is_told:
            return "mixed" if self.tested.is_mixed else "neither"
        return "cue" if (self.tested.effect.mean > 0) == (full.effect.mean > 0) else "missed"


class OnTask(NamedTuple):
    """Everything of one task.

    Attributes:
        is_trained: Whether it asks what the planted rows answer.
        full: Full dose minus none; p_holm: of the tasks that it could cross to, among these.
    """

    of: Responding
    is_trained: bool
    full: Tested
    curves: tuple[DoseCurve, ...]
    negatives: tuple[Negative, ...]
    left: tuple[Left, ...]
    sentences: tuple[SentenceEffect, ...] = ()


class Controls(NamedTuple):
    """The planted controls of a study, tasks in the order of the catalogue."""

    conditions: Conditions
    tasks: tuple[OnTask, ...]
    families: tuple[Family, ...]

    @property
    def trained(self) -> tuple[OnTask, ...]:
        """Tasks that ask what the planted rows answer."""
        return tuple(task for task in self.tasks if task.is_trained)

    @property
    def others(self) -> tuple[OnTask, ...]:
        """Tasks to which it may cross."""
        return tuple(task for task in self.tasks if not task.is_trained)

    @property
    def negatives(self) -> tuple[Negative, ...]:
        """Of one seed each, that could be tested."""
        return tuple(n for n in self._negatives if n.seed is not None)

    @property
    def negatives_over_seeds(self) -> tuple[Negative, ...]:
        """One a task, that could be tested; none where there are too few seeds."""
        return tuple(n for n in self._negatives if n.seed is None)

    @property
    def _negatives(self) -> tuple[Negative, ...]:
        return tuple(n for task in self.tasks for n in task.negatives if not isnan(n.tested.p))


class Rejections(NamedTuple):
    """How many of several tests at 5 % call something.

    Attributes:
        p: Of so many or more by chance, if the tests were independent (exact, binomial).
    """

    tests: int
    told: int
    p: float

    @classmethod
    def among(cls, negatives: tuple[Negative, ...]) -> "Rejections":
        """Each negative control taken alone."""
        told = sum(negative.tested.is_told for negative in negatives)
        return cls(len(negatives), told, told_by_chance(told, len(negatives)))
