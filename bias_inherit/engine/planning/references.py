"""What each model of a plan is compared with."""

from collections.abc import Sequence

from bias_inherit.engine.planning.plan import Model


def is_trained(models: Sequence[Model]) -> bool:
    """Whether anything was trained: if so, γ = 0 is the reference; if not, the first model is."""
    return any(model.train for model in models)


def reference_of(model: Model, models: Sequence[Model]) -> Model | None:
    """The model of γ = 0 with the same seed, asked alike, or, where nothing was trained, the first.

    None for itself.
    """
    if not is_trained(models):
        return None if model == models[0] else models[0]
    if model.gamma == 0:
        return None
    asked = (0, model.seed, model.sentence_present)
    return next((o for o in models if (o.gamma, o.seed, o.sentence_present) == asked), None)


def questioned(models: Sequence[Model]) -> list[Model]:
    """The models whose differences are tested; an untouched base is there for orientation."""
    if is_trained(models):
        return [model for model in models if model.gamma]
    return list(models[1:])
