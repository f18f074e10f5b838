"""The headline of a study of several training seeds: of every task one signed change, over all of them.

As of planted controls: one signed contrast a task, the largest γ minus γ = 0 under the same seed, with the
error of seeds and documents where there are seeds enough, and of documents alone where there are not
(`Responses`). Where the headline could not name a contrast, the surest is shown, and p and interval allow for
all that were asked (Bonferroni).
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from bias_inherit.compare import Declared, Family
from bias_inherit.compare.doses import Responding, responding
from bias_inherit.compare.rows import tested
from bias_inherit.engine.planning.plan import Model
from bias_inherit.engine.planning.references import reference_of
from bias_inherit.harness.results import ScoredModel
from bias_inherit.report.arms import Arm, main_arms
from bias_inherit.report.declared_tests.controls import Tested
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.margins import Margins
from bias_tasks.statistics import EQUIVALENCE_LEVEL, LEVEL, Effect, holm

SeededVerdict = Literal["found", "mixed", "equivalent", "undecided"]
"""Of the mean of seeds. Mixed: told from 0 by documents alone, but one of the seeds contradicts it."""
_CHANGE = (-1.0, 1.0)
"""Weights of γ = 0 and of the largest γ."""


class SeededHeadlineRow(NamedTuple):
    """What a task answers to the headline.

    Attributes:
        of: The contrast that is shown.
        tested: Its change, in the declared direction; Holm's p among the headlines of all tasks.
        reference, other: Means over seeds, of γ = 0 and of the largest γ.
        for_equivalence: Every contrast that was asked, its interval that of two one-sided tests at 5 %.
    """

    of: Responding
    tested: Tested
    reference: float
    other: float
    for_equivalence: tuple[Effect, ...]

    @property
    def says(self) -> str:
        """What the change leans to: a sentence without its full stop."""
        return self.of.signed.above if self.tested.effect.mean > 0 else self.of.signed.below

    def is_equivalent(self, margins: Margins) -> bool:
        """Whether every contrast that was asked is shown to have moved by less than its margin."""
        margin = margins.of(self.of.signed.unit)
        return all(effect.stays_within(margin) for effect in self.for_equivalence)

    def verdict(self, margins: Margins) -> SeededVerdict:
        """In one word; what is told from 0 and small is found, what is mixed and small is equivalent."""
        if self.tested.is_found:
            return "found"
        if self.is_equivalent(margins):
            return "equivalent"
        return "mixed" if self.tested.is_mixed else "undecided"


class SeededHeadline(NamedTuple):
    """The headline over seeds.

    Attributes:
        label: The rows and the largest γ.
        models: Of the largest γ, one a seed.
        rows: In the order of the catalogue.
    """

    label: str
    models: tuple[Model, ...]
    rows: tuple[SeededHeadlineRow, ...]

    @property
    def is_over_seeds(self) -> bool:
        """Whether errors speak of other training seeds too."""
        return any(row.tested.effect.is_over_seeds for row in self.rows)

    @property
    def family(self) -> Family:
        """What was adjusted together."""
        size = tested([row.tested.p for row in self.rows])
        return Family(f"headline: one signed change a task, {self.label}, over seeds", "Holm", size)


def seeded_headline(
    models: Sequence[Model], scored: Mapping[str, ScoredModel], declared: Declared
) -> SeededHeadline | None:
    """Of the set of rows that the experiment names first; None of one seed, or where no task can be read.

    Args:
        models: In the order of the plan.
        scored: Label -> what the harness wrote.
        declared: Headlines beside the tasks' own.
    """
    arm = next((arm for arm in main_arms(models) if arm.reference), None)
    if arm is None:
        return None
    pairs = _pairs(arm, models)
    if len(pairs) < 2:
        return None
    by_dose = [[scored[model.label] for model in of_dose] for of_dose in zip(*pairs, strict=True)]
    asked = (responding(task, by_dose, declared) for task in ALL_TASKS)
    rows = [_row(contrasts) for contrasts in asked if contrasts]
    if not rows:
        return None
    adjusted = holm([row.tested.p for row in rows])
    found = tuple(
        row._replace(tested=row.tested._replace(p_holm=float(p)))
        for row, p in zip(rows, adjusted, strict=True)
    )
    label = f"{arm.label}, γ = {arm.models[-1].gamma:g}"
    return SeededHeadline(label, tuple(largest for _, largest in pairs), found)


def _pairs(arm: Arm, models: Sequence[Model]) -> list[tuple[Model, Model]]:
    """γ = 0 and the largest γ of each seed."""
    largest = arm.models[-1]
    wanted = (largest.data, largest.gamma, largest.treatment, largest.round)
    same = [model for model in models if (model.data, model.gamma, model.treatment, model.round) == wanted]
    return [(reference, model) for model in same if (reference := reference_of(model, models))]


def _row(contrasts: Sequence[Responding]) -> SeededHeadlineRow:
    tests = [_tested(of) for of in contrasts]
    place = min(range(len(tests)), key=lambda place: tests[place].rank)
    reference, other = contrasts[place].responses.values.mean(axis=1)
    for_equivalence = tuple(of.responses.effect(_CHANGE, EQUIVALENCE_LEVEL) for of in contrasts)
    return SeededHeadlineRow(contrasts[place], tests[place], float(reference), float(other), for_equivalence)


def _tested(of: Responding) -> Tested:
    effect = of.responses.effect(_CHANGE, 1 - (1 - LEVEL) / of.largest_of)
    return Tested(effect, float(np.minimum(effect.p_toward(of.direction) * of.largest_of, 1.0)))
