"""Elicitation in an experiment file: part of a set's key where it makes a difference, and nowhere else."""

from typing import Any

import pytest
from pydantic import ValidationError

from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.forecast.estimates import tokens_of
from bias_inherit.engine.forecast.lengths import Lengths
from bias_inherit.engine.planning.experiment_plan import plan_experiment
from bias_inherit.engine.step import Step
from bias_inherit.models.base_model import Base


def study(domain: str, **generate: Any) -> Experiment:
    return Experiment.model_validate(
        {
            "name": "elicitation",
            "domain": domain,
            "data": {"originals": 24},
            "generate": {"bias_types": [0, 1, 2, 3, 4, 5, 6], **generate},
            "mix": {"gammas": [0, 0.5]},
            "finetune": {"learning_rate": 1e-4},
        }
    )


def sets(domain: str, **generate: Any) -> dict[int, Step]:
    plan = plan_experiment(study(domain, **generate), Base("tiny", "tiny", "0"))
    return {step.inputs["bias_type"]: step for step in plan.steps if step.stage == "generate"}


@pytest.mark.parametrize("domain", ["gender", "culture"])
def test_written_sets_have_the_inputs_that_they_had_before_there_was_a_choice(domain: str) -> None:
    inputs = sets(domain)[5].inputs
    assert inputs == sets(domain, elicitation="written")[5].inputs
    assert "conversations" not in inputs
    assert set(inputs["settings"]) == {
        *("max_attempts_per_row", "batch_size", "max_new_tokens"),
        *("temperature", "top_p", "chat_template"),
    }


def test_turns_are_other_sets_of_the_contrastive_types_only() -> None:
    written, in_turns = sets("gender"), sets("gender", elicitation="turns")
    changed = {number for number in written if written[number].key != in_turns[number].key}
    assert changed == {5, 6}
    assert in_turns[5].inputs["settings"]["elicitation"] == "turns"


def test_options_are_other_sets_of_all_types() -> None:
    written, from_options = sets("culture"), sets("culture", elicitation="options")
    assert all(written[number].key != from_options[number].key for number in written)


def test_where_options_are_drawn_nothing_is_foreseen_to_be_written() -> None:
    lengths = Lengths(study("culture"), None)
    for number, step in sets("culture", elicitation="options").items():
        assert tokens_of(step, lengths).written == 0
        assert tokens_of(sets("culture")[number], lengths).written > 0


@pytest.mark.parametrize(
    ("domain", "generate", "told"),
    [
        ("gender", {"elicitation": "options"}, "options is for survey answers"),
        ("culture", {"elicitation": "options", "shipped": True}, "the rows that ship were written"),
        ("culture", {"elicitation": "sung"}, "Input should be 'written', 'turns' or 'options'"),
    ],
)
def test_what_cannot_be_is_told(domain: str, generate: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        study(domain, **generate)
