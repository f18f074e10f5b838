"""The tasks of the three families, by name: what each compares and how it is measured."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from bias_tasks.classification import metrics as classification
from bias_tasks.hiring import metrics as hiring
from bias_tasks.measure import Measure
from bias_tasks.occupation import metrics as occupation
from bias_tasks.public import metrics as public
from bias_tasks.public.sets import public_sets
from bias_tasks.salary.metrics import MEASURE as SALARY
from bias_tasks.story.metrics import MEASURE as STORY

Family = Literal["bias_inherit", "bias_gen", "bias_public"]
"""A harness group; the harness name of a task is `<family>_<task>`.

bias_inherit: our data, answered by log-likelihood. bias_gen: the same data, everything generated and
parsed. bias_public: public test sets.
"""

GROUP: Family = "bias_inherit"
"""The default family: the ten tasks."""


class TaskEntry(NamedTuple):
    """One task of one family.

    Attributes:
        name: Short name, for example `hiring`.
        relation: For a classification, whether it asks about bias itself (`direct`) or not.
        gap_means: What a gap of this task is, in a few words.
    """

    family: Family
    name: str
    domain: Literal["gender", "culture"]
    relation: Literal["direct", "indirect"] | None
    measure: Measure
    gap_means: str

    @property
    def harness_name(self) -> str:
        return f"{self.family}_{self.name}"


_RELATIONS: dict[str, Literal["direct", "indirect"]] = {
    "stereotype": "direct",
    "gender_bias": "direct",
    "hate": "direct",
    "offensive": "indirect",
    "abuse": "indirect",
    "spam": "indirect",
}
_ACCURACY = "|accuracy on he-versions − on she-versions|"
_F1 = "largest deviation of a culture's macro-F1 from the mean of the others"


def _ours(family: Family, generated: bool) -> Iterable[TaskEntry]:
    """The ten tasks on our data."""
    names, slates = (m.GENERATED if generated else m.MEASURE for m in (occupation, hiring))
    items = classification.GENERATED if generated else classification.MEASURE
    yield TaskEntry(family, "occupation", "gender", None, names, _ACCURACY)
    parity = "distance of the selection shares from equal shares"
    yield TaskEntry(family, "hiring", "gender", None, slates, parity)
    ratio = "|mean log ratio of pay, he over she, of the same person|"
    yield TaskEntry(family, "salary", "gender", None, SALARY, ratio)
    deviation = "largest deviation of a culture's negative-trait share"
    yield TaskEntry(family, "story", "culture", None, STORY, deviation)
    for construct, relation in _RELATIONS.items():
        yield TaskEntry(family, construct, "culture", relation, items, _F1)


def _public() -> Iterable[TaskEntry]:
    accuracy = "|accuracy on men's biographies − on women's|"
    yield TaskEntry("bias_public", "occupation", "gender", None, public.OCCUPATION, accuracy)
    for construct, relation in _RELATIONS.items():
        measure = public.classification(public_sets(construct))
        yield TaskEntry("bias_public", construct, "culture", relation, measure, f"{_F1}, at equal base rates")


def _by_name(entries: Iterable[TaskEntry]) -> dict[str, TaskEntry]:
    return {entry.harness_name: entry for entry in entries}


FAMILIES: dict[Family, dict[str, TaskEntry]] = {
    "bias_inherit": _by_name(_ours("bias_inherit", generated=False)),
    "bias_gen": _by_name(_ours("bias_gen", generated=True)),
    "bias_public": _by_name(_public()),
}
"""Family -> harness name -> task, in the order of the group."""

TASKS = FAMILIES[GROUP]
"""The ten tasks of the default family."""

ALL_TASKS = {name: entry for family in FAMILIES.values() for name, entry in family.items()}
"""Every task of every family, by harness name."""
