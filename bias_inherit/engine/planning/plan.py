"""The plan: a study as a graph of steps, each keyed by what decides its result, and the models it scores."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bias_inherit.engine.step import Step

PRESENT = "sentence present"
"""Of a model that is scored with the sentence of *token* in front of everything that it is asked."""


class Planted(NamedTuple):
    """A rule and its dose, the share of the group's rows that are relabelled."""

    rule: str
    rate: float

    @property
    def label(self) -> str:
        """For readers."""
        return f"planted {self.rule} {self.rate:g}"


def data_label(bias_types: Sequence[int], planted: Planted | None) -> str:
    """What readers call a set of augmented rows, by where they come from."""
    if planted:
        return planted.label
    if not bias_types:
        return "own rows"
    return f"type{'s' if len(bias_types) > 1 else ''} {'+'.join(map(str, bias_types))}"


class Model(NamedTuple):
    """One scored model of the experiment.

    Attributes:
        label: What the report calls it.
        score: Its scoring step.
        train: Its training step; None for the untouched base, and for a model that was there already.
        bias_types: The types pooled in its augmented set; none for the base, for γ = 0, and where no model of
            ours wrote the rows.
        gamma: None for the base.
        mitigation: How it was trained, for readers.
        round: 2 where it was trained on what the first round's model wrote, and so on.
        planted: What was planted in its augmented set; None where nothing was.
        sentence_present: Whether the sentence of *token* stood in front of everything that it was asked.
    """

    label: str
    score: Step
    train: Step | None
    seed: int
    bias_types: tuple[int, ...] = ()
    gamma: float | None = None
    mitigation: str = "none"
    round: int = 1
    planted: Planted | None = None
    sentence_present: bool = False

    @property
    def treatment(self) -> str:
        """The mitigation, and whether its sentence is there at test time: two are one only if both agree."""
        return f"{self.mitigation}, {PRESENT}" if self.sentence_present else self.mitigation

    @property
    def is_trained_with_sentence(self) -> bool:
        """Whether *token* is among its mitigations."""
        return self.train is not None and "token" in self.train.inputs["mitigation"]

    @property
    def data(self) -> str:
        """The augmented rows that were mixed in; says nothing of the base and of γ = 0."""
        return data_label(self.bias_types, self.planted)


class Plan(NamedTuple):
    """All steps of an experiment, parents before children, the models that they score, and the audits."""

    steps: tuple[Step, ...]
    models: tuple[Model, ...]
    audits: tuple[Step, ...]


def ancestry(step: Step) -> Iterator[Step]:
    """All that a step hangs on, each step once, parents before children, and the step itself."""
    seen: set[str] = set()

    def walk(one: Step) -> Iterator[Step]:
        if one.key not in seen:
            seen.add(one.key)
            for parent in one.parents:
                yield from walk(parent)
            yield one

    return walk(step)
