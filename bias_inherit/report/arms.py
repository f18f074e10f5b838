"""How the models of a plan belong together: what was varied, and what each is compared with."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bias_inherit.engine.planning.plan import Model
from bias_inherit.engine.planning.references import is_trained, reference_of


class Arm(NamedTuple):
    """Models that differ in γ alone, with the model of γ = 0 that they share.

    Attributes:
        data: Whose rows were mixed in, as `Model.data` says it.
        treatment: As `Model.treatment` says it.
        reference: γ = 0 with the same seed; None where none was scored.
        models: γ above 0, by γ.
    """

    data: str
    treatment: str
    round: int
    seed: int
    reference: Model | None
    models: tuple[Model, ...]

    @property
    def label(self) -> str:
        """The rows, and the mitigation where there is one."""
        return self.data if self.treatment == "none" else f"{self.data}, {self.treatment}"

    @property
    def doses(self) -> tuple[Model, ...]:
        """The models of the dose-response curve."""
        return self.models if self.reference is None else (self.reference, *self.models)


def arms(models: Iterable[Model]) -> list[Arm]:
    """All arms, in the order of the plan."""
    listed = list(models)
    grouped: dict[tuple[str, str, int, int], list[Model]] = {}
    for model in listed:
        if model.gamma:
            key = (model.data, model.treatment, model.round, model.seed)
            grouped.setdefault(key, []).append(model)
    return [
        Arm(*key, reference_of(found[0], listed), tuple(sorted(found, key=dose)))
        for key, found in grouped.items()
    ]


def dose(model: Model) -> float:
    """γ as a number; 0 for the base, which saw no augmented row."""
    return model.gamma or 0.0


def reference_name(models: Sequence[Model]) -> str:
    """What differences are told against."""
    return "γ = 0" if is_trained(models) else models[0].label


def unmitigated(model: Model, models: Sequence[Model]) -> Model | None:
    """The same model trained without a mitigation, asked alike; none for one that had none."""
    if model.mitigation == "none" or not model.gamma:
        return None
    plain = (o for o in models if o.mitigation == "none" and o.sentence_present == model.sentence_present)
    wanted = (model.data, model.gamma, model.round, model.seed)
    return next((o for o in plain if (o.data, o.gamma, o.round, o.seed) == wanted), None)


def main_arms(models: Sequence[Model]) -> list[Arm]:
    """Without a mitigation, in the first round, with the first seed: what headline and curves are of."""
    first = models[0].seed
    return [arm for arm in arms(models) if (arm.treatment, arm.round, arm.seed) == ("none", 1, first)]
