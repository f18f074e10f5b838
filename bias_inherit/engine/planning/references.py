"""What each model of a plan is compared with."""

from collections.abc import Sequence

from bias_inherit.engine.planning.plan import Model


def is_trained(models: Sequence[Model]) -> bool:
    """Whether anything was trained: if so, γ = 0 is the reference; if not, the first model is."""
    return any(model.train for model in models)


def reference_of(model: Model, models: Sequence[Model]) -> Model | None:
    """The model of γ = 0 with the same seed or, where nothing was trained, the first; none for itself."""
    if not is_trained(models):
        return None if model == models[0] else models[0]
    if model.gamma == 0:
        return None
    return next((other for other in models if other.gamma == 0 and other.seed == model.seed), None)


def questioned(models: Sequence[Model]) -> list[Model]:
    """The models whose differences are tested; an untouched base is there for orientation."""
    if is_trained(models):
        return [model for model in models if model.gamma]
    return list(models[1:])
