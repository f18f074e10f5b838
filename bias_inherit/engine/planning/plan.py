"""The plan: a study as a graph of steps, each keyed by what decides its result, and the models it scores."""

from collections.abc import Iterator
from typing import NamedTuple

from bias_inherit.engine.step import Step


class Model(NamedTuple):
    """One scored model of the experiment.

    Attributes:
        label: What the report calls it.
        score: Its scoring step.
        train: Its training step; None for the untouched base, and for a model that was there already.
        bias_types: The types pooled in its augmented set; none for the base and for γ = 0.
        gamma: None for the base.
        mitigation: How it was trained, for readers.
        round: 2 where it was trained on what the first round's model wrote, and so on.
    """

    label: str
    score: Step
    train: Step | None
    seed: int
    bias_types: tuple[int, ...] = ()
    gamma: float | None = None
    mitigation: str = "none"
    round: int = 1


class Plan(NamedTuple):
    """All steps of an experiment, parents before children, the models that they score, and the audits."""

    steps: tuple[Step, ...]
    models: tuple[Model, ...]
    audits: tuple[Step, ...]


def ancestry(step: Step) -> Iterator[Step]:
    """All that a step hangs on, parents before children, and the step itself."""
    for parent in step.parents:
        yield from ancestry(parent)
    yield step
