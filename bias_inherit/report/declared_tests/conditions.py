"""What planted controls are made of: models that differ in dose, mitigation or origin of the rows alone."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bias_inherit.engine.planning.plan import PRESENT, Model


class Condition(NamedTuple):
    """One way of training, under every seed.

    Attributes:
        rate: Share of the group's rows that are relabelled; None where nothing was planted.
        models: One a seed.
        sentence_present: Whether the sentence of *token* stood in front of everything that they were asked.
    """

    rate: float | None
    gamma: float
    mitigation: str
    models: tuple[Model, ...]
    sentence_present: bool = False

    @property
    def label(self) -> str:
        """What it is, without what all have in common."""
        name = self.models[0].data if self.rate is None else self.mitigation
        return f"{'no mitigation' if name == 'none' else name}, {PRESENT}" if self.sentence_present else name


class Conditions(NamedTuple):
    """The conditions of a study with planted data.

    Attributes:
        reference: γ = 0.
        by_rate: By rate at the largest γ, without a mitigation; the last is the full dose.
        by_gamma: By γ at the largest rate, without a mitigation; the last is the full dose.
        mitigated: At the full dose; those that were scored with a sentence behind the others.
        written: Rows that a model wrote, or the user's own, at the largest γ.
        nothing_with_sentence: No dose, scored with the sentence; None where nothing was.
    """

    seeds: tuple[int, ...]
    reference: Condition
    by_rate: tuple[Condition, ...]
    by_gamma: tuple[Condition, ...]
    mitigated: tuple[Condition, ...]
    written: tuple[Condition, ...]
    nothing_with_sentence: Condition | None = None

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
        last = (self.nothing_with_sentence,) if self.nothing_with_sentence else ()
        return (self.reference, *self.by_rate, *self.by_gamma[:-1], *self.mitigated, *self.written, *last)

    def nothing_beside(self, condition: Condition) -> Condition:
        """No dose, asked as a condition was."""
        if condition.sentence_present and self.nothing_with_sentence:
            return self.nothing_with_sentence
        return self.nothing

    def without_sentence(self, condition: Condition) -> Condition:
        """The same models, scored without the sentence; of no mitigation the full dose."""
        plainly = (one for one in (self.full, *self.mitigated) if not one.sentence_present)
        return next(one for one in plainly if one.mitigation == condition.mitigation)


def conditions(models: Sequence[Model]) -> Conditions | None:
    """Those of a study; None where nothing was planted, or not under every seed."""
    planted = [model for model in models if model.planted]
    if not planted:
        return None
    seeds = tuple(dict.fromkeys(model.seed for model in planted))
    plain = planted[0].mitigation
    every = list(_grouped(models, seeds))
    found = [c for c in every if not c.sentence_present]
    reference = next((c for c in found if c.gamma == 0), None)
    of_rule = [c for c in found if c.rate is not None]
    if reference is None or not of_rule:
        return None
    rate, gamma = max(c.rate or 0.0 for c in of_rule), max(c.gamma for c in of_rule)
    plainly = Conditions(
        seeds,
        reference,
        _by_dose(c for c in of_rule if (c.gamma, c.mitigation) == (gamma, plain)),
        _by_dose(c for c in of_rule if (c.rate, c.mitigation) == (rate, plain)),
        tuple(c for c in of_rule if (c.rate, c.gamma) == (rate, gamma) and c.mitigation != plain),
        tuple(c for c in found if (c.rate, c.gamma, c.mitigation) == (None, gamma, plain)),
    )
    return _with_sentence(plainly, [c for c in every if c.sentence_present])


def _with_sentence(plainly: Conditions, some: Sequence[Condition]) -> Conditions:
    """With what was also scored with the sentence, where no dose was too."""
    full, nothing = plainly.full, plainly.nothing
    as_nothing = (nothing.rate, nothing.gamma, nothing.mitigation)
    beside = next((c for c in some if (c.rate, c.gamma, c.mitigation) == as_nothing), None)
    at_full = tuple(c for c in some if (c.rate, c.gamma) == (full.rate, full.gamma))
    if beside is None:
        return plainly
    return plainly._replace(mitigated=(*plainly.mitigated, *at_full), nothing_with_sentence=beside)


def _by_dose(some: Iterator[Condition]) -> tuple[Condition, ...]:
    return tuple(sorted(some, key=lambda c: (c.rate, c.gamma)))


def _grouped(models: Sequence[Model], seeds: Sequence[int]) -> Iterator[Condition]:
    """Models that differ in the seed alone, where every seed has one; of the first round."""
    grouped: dict[tuple[object, ...], list[Model]] = {}
    for model in models:
        if model.gamma is not None and model.round == 1:
            key = (model.planted, model.data, model.gamma, model.treatment)
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
                first.sentence_present,
            )
