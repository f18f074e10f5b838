"""Models trained with *token* in a plan, scored a second time with its sentence there."""

from typing import Any

import pytest
from pydantic import ValidationError

from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.planning.experiment_plan import plan_experiment
from bias_inherit.engine.planning.plan import Model, Plan
from bias_inherit.engine.planning.references import questioned, reference_of
from bias_inherit.models.base_model import Base
from bias_inherit.report.arms import arms, main_arms, unmitigated

BASE = Base("tiny", "tiny", "0")
SENTENCE = "Beware, what follows may be one-sided."
PLANTED = {"planted": {"rule": "women-nurse", "rates": [0, 1], "crossed": False}}
TOKEN = {"sentence": SENTENCE, "at_test_time": True}


def plan(token: dict[str, Any], methods: list[Any] | None = None, **changes: Any) -> Plan:
    sections = {
        "name": "plan",
        "data": {"originals": 24},
        "generate": {"bias_types": [1], "shipped": True},
        "mix": {"gammas": [0, 0.2, 0.5]},
        "mitigate": {"methods": methods or ["none", "mask", "token"], "token": token},
        "finetune": {"learning_rate": 1e-4},
    }
    return plan_experiment(Experiment.model_validate({**sections, **changes}), BASE)


def again(made: Plan) -> list[Model]:
    return [model for model in made.models if model.sentence_present]


def by_label(made: Plan) -> dict[str, Model]:
    return {model.label: model for model in made.models}


def test_it_is_off_unless_the_file_asks() -> None:
    assert plan({"sentence": SENTENCE}) == plan({"sentence": SENTENCE, "at_test_time": False})
    assert not again(plan({"sentence": SENTENCE}))


def test_what_is_trained_with_it_and_what_that_is_compared_with_are_scored_again() -> None:
    assert [model.label for model in again(plan(TOKEN))] == [
        "γ = 0, sentence present",
        "type 1, γ = 0.2, sentence present",
        "type 1, γ = 0.2, token, sentence present",
        "type 1, γ = 0.5, sentence present",
        "type 1, γ = 0.5, token, sentence present",
    ]


def test_of_planted_rows_no_dose_is_scored_again_too() -> None:
    found = again(plan(TOKEN, generate=PLANTED, mix={"gammas": [0.5]}))
    assert [model.label for model in found] == [
        "γ = 0, sentence present",
        "planted women-nurse 1, γ = 0.5, sentence present",
        "planted women-nurse 1, γ = 0.5, token, sentence present",
        "planted women-nurse 0, γ = 0.5, sentence present",
    ]


def test_together_with_another_mitigation_it_is_trained_with_too() -> None:
    labels = [model.label for model in again(plan(TOKEN, ["none", ["mask", "token"]]))]
    assert "type 1, γ = 0.5, mask+token, sentence present" in labels


def test_nothing_else_is_made_again_and_nothing_gets_another_key() -> None:
    with_it, without = plan(TOKEN), plan({"sentence": SENTENCE})
    keys = {step.key for step in without.steps}
    added = [step for step in with_it.steps if step.key not in keys]
    assert keys <= {step.key for step in with_it.steps}
    assert [step.label for step in added] == [model.label for model in again(with_it)]
    assert {step.stage for step in added} == {"score"}
    assert {step.inputs["sentence"] for step in added} == {SENTENCE}


def test_another_sentence_is_another_scoring() -> None:
    keys = [
        {model.score.key for model in again(plan({**TOKEN, "sentence": words}, seeds=[0]))}
        for words in (SENTENCE, "Another one.")
    ]
    assert not keys[0] & keys[1]


def test_each_is_compared_with_what_was_asked_alike() -> None:
    made = plan(TOKEN, seeds=[0, 1])
    for model in questioned(made.models):
        reference = reference_of(model, made.models)
        assert reference is not None
        assert (reference.gamma, reference.seed) == (0, model.seed)
        assert reference.sentence_present == model.sentence_present
    found = by_label(made)
    warned = found["type 1, γ = 0.5, token, seed 1, sentence present"]
    assert unmitigated(warned, made.models) is found["type 1, γ = 0.5, seed 1, sentence present"]
    plain = found["type 1, γ = 0.5, token, seed 1"]
    assert unmitigated(plain, made.models) is found["type 1, γ = 0.5, seed 1"]


def test_they_are_series_of_γ_of_their_own_and_never_the_first() -> None:
    made = plan(TOKEN)
    assert [arm.label for arm in arms(made.models)] == [
        "type 1",
        "type 1, mask",
        "type 1, token",
        "type 1, none, sentence present",
        "type 1, token, sentence present",
    ]
    assert [arm.label for arm in main_arms(made.models)] == ["type 1"]
    for arm in arms(made.models):
        assert len({model.sentence_present for model in arm.doses}) == 1


def test_in_blocks_they_are_decided_on_beside_their_own_reference() -> None:
    made = plan(TOKEN, score={"until": 0.1, "tasks": ["bias_inherit_occupation"]})
    (last,) = {step.key: step for step in made.steps if step.label == "after block 8 of 8"}.values()
    for asked, beside in last.inputs["pairs"]:
        one, other = made.models[asked], made.models[beside]
        assert (other.gamma, other.sentence_present) == (0, one.sentence_present)


def test_without_a_model_that_is_trained_with_it_the_file_is_wrong() -> None:
    with pytest.raises(ValidationError, match=r"token\.at_test_time: no model is trained with token"):
        plan(TOKEN, ["none", "mask"])
