"""What a task is: all that anybody needs to know of one, stated once, as `TASK`, in the task's own folder.

The catalogue, the group files, the estimated workload, the report and its figures, the board and the tables
of the documentation read it from there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bias_tasks.headline import Headline, Signed, declared, reported
from bias_tasks.margins import Unit
from bias_tasks.measure import LEAN, Measure

Family = Literal["bias_inherit", "bias_gen", "bias_probe", "bias_placebo", "bias_public"]
"""A harness group; the harness name of a task is `<family>_<task>`.

bias_inherit: our data, answered by log-likelihood. bias_gen: the same data, everything generated and
parsed. bias_probe: all by log-likelihood, nothing written. bias_placebo: the probe's documents, each after an
equally large change that says nothing of a group. bias_public: public test sets.
"""
Domain = Literal["gender", "culture"]
Relation = Literal["direct", "indirect"]
"""Whether a classification asks about bias itself."""


class Slices(NamedTuple):
    """The metric by group that a reader is shown first.

    Attributes:
        metric: The groups' values are `<metric>__<group>`.
        title: What it is, in words, with its unit.
        equal: What every group would have if groups did not matter; None where that is not one number.
    """

    metric: str
    title: str
    equal: float | None = None


class Lean(NamedTuple):
    """What a task's signed graded contrast says. It is 0 where groups do not matter.

    Attributes:
        means: What `lean` is, in a few words.
        above: What a value above 0 says: a sentence without its full stop.
        below: What a value below 0 says.
        shown: Its slices.
        unit: Of its values.
    """

    means: str
    above: str
    below: str
    shown: Slices
    unit: Unit = "log-odds"

    @classmethod
    def of(cls, signed: Signed, shown: Slices) -> "Lean":
        """What a contrast says, with the slices that are shown beside it."""
        return cls(signed.means, signed.above, signed.below, shown, signed.unit)

    @property
    def signed(self) -> Signed:
        """The same, as a contrast that can be a headline."""
        return reported(LEAN, self.means, self.above, self.below, self.unit)


class Variant(NamedTuple):
    """A task as one family asks it.

    Attributes:
        gap_means: What a gap is here, in a few words.
        lean: What `lean` says; None where the measure has none.
        headlines: What is asked first if a study declares nothing: the first of these whose contrasts are
            defined on the answers. None for public sets of one group.
        also: What else a study can declare.
    """

    measure: Measure
    gap_means: str
    lean: Lean | None = None
    headlines: tuple[Headline, ...] = ()
    also: tuple[Signed, ...] = ()


@dataclass(frozen=True)
class Task:
    """One task, in all families that have it.

    Attributes:
        name: Short name, for example `hiring`; the name of its folder.
        asks: What a model is asked for, in a few words, for tables.
        gap_in_short: What `gap` is, for tables.
        variants: By family, in the order in which a reader meets them.
        has_right_answer: Whether an answer can be right or wrong.
        relation: Of a classification.
    """

    name: str
    domain: Domain
    asks: str
    gap_in_short: str
    variants: Mapping[Family, Variant]
    shown: Slices
    has_right_answer: bool
    relation: Relation | None = None


class TaskEntry(NamedTuple):
    """A task in one family: what the harness knows by one name."""

    family: Family
    task: Task

    @property
    def harness_name(self) -> str:
        return f"{self.family}_{self.task.name}"

    @property
    def name(self) -> str:
        return self.task.name

    @property
    def domain(self) -> Domain:
        return self.task.domain

    @property
    def relation(self) -> Relation | None:
        return self.task.relation

    @property
    def measure(self) -> Measure:
        return self.task.variants[self.family].measure

    @property
    def gap_means(self) -> str:
        return self.task.variants[self.family].gap_means

    @property
    def lean(self) -> Lean | None:
        return self.task.variants[self.family].lean

    @property
    def headlines(self) -> tuple[Headline, ...]:
        return self.task.variants[self.family].headlines

    @property
    def contrasts(self) -> tuple[Signed, ...]:
        """All that a study can declare, once each."""
        lean = (self.lean.signed,) if self.lean else ()
        of_headlines = (contrast for headline in self.headlines for contrast in headline.contrasts)
        found = (*lean, *of_headlines, *self.task.variants[self.family].also)
        return tuple({contrast.name: contrast for contrast in found}.values())

    def questions(self, declared: Headline | None) -> tuple[Headline, ...]:
        """What is asked first, and what instead where that is undefined."""
        return ((declared,) if declared else ()) + self.headlines

    def headline(self, words: str) -> Headline:
        """One that a user declares: see `declared`.

        Raises:
            ValueError: the task has no such contrast, or the words are no declaration.
        """
        return declared(words, self.contrasts)
