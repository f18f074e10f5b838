"""Models trained with *token*, scored a second time with its sentence there as it was in training.

Without it at test time one cannot tell a warning that is missed from a cue that the model learnt. The
sentence moves any model a little, so what such a model is compared with is scored with it too.
"""

from collections.abc import Iterator, Sequence

from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.planning.plan import PRESENT, Model
from bias_inherit.engine.planning.scoring import scoring


def with_second_scorings(models: Sequence[Model], experiment: Experiment) -> tuple[Model, ...]:
    """The models, and behind them those that are scored again; as they are where the file does not ask."""
    if not experiment.mitigate.token.at_test_time:
        return tuple(models)
    warned = [model for model in models if model.is_trained_with_sentence]
    plain = experiment.mitigate.settings()[0].label
    wanted = [model for model in models if model in warned or any(_serves(model, w, plain) for w in warned)]
    return (*models, *_again(wanted, experiment))


def _serves(model: Model, warned: Model, plain: str) -> bool:
    """Whether one is compared with the other: as γ = 0, as the same mix without it, or as no dose."""
    if model.seed != warned.seed:
        return False
    if model.gamma == 0:
        return True
    if (model.gamma, model.round, model.mitigation) != (warned.gamma, warned.round, plain):
        return False
    is_no_dose = model.planted is not None and model.planted.rate == 0
    return model.data == warned.data or (warned.planted is not None and is_no_dose)


def _again(models: Sequence[Model], experiment: Experiment) -> Iterator[Model]:
    sentence = experiment.mitigate.token.sentence
    for model in models:
        label = f"{model.label}, {PRESENT}"
        step = scoring(
            label, model.score.inputs["base"], experiment.score, *model.score.parents, sentence=sentence
        )
        yield model._replace(label=label, score=step, sentence_present=True)
