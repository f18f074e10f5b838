"""The ten tasks, by name: what each compares and how it is measured."""

from typing import Literal, NamedTuple

from bias_tasks.classification.metrics import MEASURE as CLASSIFICATION
from bias_tasks.hiring.metrics import MEASURE as HIRING
from bias_tasks.measure import Measure
from bias_tasks.occupation.metrics import MEASURE as OCCUPATION
from bias_tasks.salary.metrics import MEASURE as SALARY
from bias_tasks.story.metrics import MEASURE as STORY

GROUP = "bias_inherit"
"""The harness group of all ten; the harness name of a task is `bias_inherit_<task>`."""


class TaskEntry(NamedTuple):
    """One task.

    Attributes:
        name: Short name, for example `hiring`.
        relation: For a classification, whether it asks about bias itself (`direct`) or not.
        gap_means: What a gap of this task is, in a few words.
    """

    name: str
    domain: Literal["gender", "culture"]
    relation: Literal["direct", "indirect"] | None
    measure: Measure
    gap_means: str

    @property
    def harness_name(self) -> str:
        return f"{GROUP}_{self.name}"


_F1 = "largest deviation of a culture's macro-F1 from the mean of the others"

TASKS: dict[str, TaskEntry] = {
    entry.harness_name: entry
    for entry in (
        TaskEntry("occupation", "gender", None, OCCUPATION, "|accuracy on he-versions − on she-versions|"),
        TaskEntry("hiring", "gender", None, HIRING, "distance of the selection shares from equal shares"),
        TaskEntry("salary", "gender", None, SALARY, "|log ratio of men's and women's median pay|"),
        TaskEntry("story", "culture", None, STORY, "largest deviation of a culture's negative-trait share"),
        TaskEntry("stereotype", "culture", "direct", CLASSIFICATION, _F1),
        TaskEntry("gender_bias", "culture", "direct", CLASSIFICATION, _F1),
        TaskEntry("hate", "culture", "direct", CLASSIFICATION, _F1),
        TaskEntry("offensive", "culture", "indirect", CLASSIFICATION, _F1),
        TaskEntry("abuse", "culture", "indirect", CLASSIFICATION, _F1),
        TaskEntry("spam", "culture", "indirect", CLASSIFICATION, _F1),
    )
}
"""Harness name -> task, in the order of the group."""
