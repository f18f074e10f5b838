"""What planted controls are made of: models that differ in dose, mitigation or origin of the rows alone."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bias_inherit.engine.planning.plan import Model


class Condition(NamedTuple):
    """One way of training, under every seed.

    Attributes:
        rate: Share of the group's rows that are relabelled; None where nothing was planted.
        models: One a seed.
    """

    rate: float | None
    gamma: float
    mitigation: str
    models: tuple[Model, ...]

    @property
    def label(self) -> str:
        """What it is, without what all have in common."""
        return self.models[0].data if self.rate is None else self.mitigation


class Conditions(NamedTuple):
    """The conditions of a study with planted data.

    Attributes:
        reference: γ = 0.
        by_rate: By rate at the largest γ, without a mitigation; the last is the full dose.
        by_gamma: By γ at the largest rate, without a mitigation; the last is the full dose.
        mitigated: At the full dose.
        written: Rows that a model wrote, or the user's own, at the largest γ.
    """

    seeds: tuple[int, ...]
    reference: Condition
    by_rate: tuple[Condition, ...]
    by_gamma: tuple[Condition, ...]
    mitigated: tuple[Condition, ...]
    written: tuple[Condition, ...]

    @property
    def full(self) -> Condition:
        """The full dose: the largest rate at the largest γ."""
        return self.by_rate[-1]

    @property
    def nothing(self) -> Condition:
        """No dose: rate 0, of the same number of rows; without one γ = 0."""
        return self.by_rate[0] if self.by_rate[0].rate == 0 else self.reference

    @property
    def has_negative(self) -> bool:
        """Whether there is a negative control."""
        return self.nothing is not self.reference

    @property
    def every(self) -> tuple[Condition, ...]:
        """All of them once."""
        return (self.reference, *self.by_rate, *self.by_gamma[:-1], *self.mitigated, *self.written)


def conditions(models: Sequence[Model]) -> Conditions | None:
    """Those of a study; None where nothing was planted, or not under every seed."""
    planted = [model for model in models if model.planted]
    if not planted:
        return None
    seeds = tuple(dict.fromkeys(model.seed for model in planted))
    plain = planted[0].mitigation
    found = {(c.rate, c.gamma, c.mitigation, c.label): c for c in _grouped(models, seeds)}
    reference = next((c for c in found.values() if c.gamma == 0), None)
    of_rule = [c for c in found.values() if c.rate is not None]
    if reference is None or not of_rule:
        return None
    rate, gamma = max(c.rate or 0.0 for c in of_rule), max(c.gamma for c in of_rule)
    return Conditions(
        seeds,
        reference,
        _by_dose(c for c in of_rule if (c.gamma, c.mitigation) == (gamma, plain)),
        _by_dose(c for c in of_rule if (c.rate, c.mitigation) == (rate, plain)),
        tuple(c for c in of_rule if (c.rate, c.gamma) == (rate, gamma) and c.mitigation != plain),
        tuple(c for c in found.values() if (c.rate, c.gamma, c.mitigation) == (None, gamma, plain)),
    )


def _by_dose(some: Iterator[Condition]) -> tuple[Condition, ...]:
    return tuple(sorted(some, key=lambda c: (c.rate, c.gamma)))


def _grouped(models: Sequence[Model], seeds: Sequence[int]) -> Iterator[Condition]:
    """Models that differ in the seed alone, where every seed has one; of the first round."""
    grouped: dict[tuple[object, ...], list[Model]] = {}
    for model in models:
        if model.gamma is not None and model.round == 1:
            key = (model.planted, model.data, model.gamma, model.mitigation)
            grouped.setdefault(key, []).append(model)
    for alike in grouped.values():
        by_seed = {model.seed: model for model in alike}
        if set(by_seed) >= set(seeds):
            first = alike[0]
            yield Condition(
                first.planted.rate if first.planted else None,
                first.gamma or 0.0,
                first.mitigation,
                tuple(by_seed[seed] for seed in seeds),
            )
