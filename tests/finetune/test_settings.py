"""Training settings: presets with their source, values over them, and what of them is recorded."""

from typing import Any

import pytest
from pydantic import ValidationError

from finetune.presets import presets
from finetune.settings import LoraSettings, TrainingSettings, preset

# Ways of computing, chosen by the machine at hand, and what is not a value of training.
_NOT_IN_PRESETS = {"preset", "gradient_checkpointing", "bf16", "checkpoint_every"}


@pytest.mark.parametrize(
    ("name", "learning_rate", "epochs"),
    [("paper-gender", 1e-5, 3), ("paper-culture", 1e-6, 3), ("paper-culture-arabic", 1e-6, 5)],
)
def test_the_paper_s_presets_hold_what_the_paper_states_and_name_it(
    name: str, learning_rate: float, epochs: int
) -> None:
    assert presets()[name].stated == {"learning_rate": learning_rate, "epochs": epochs}
    assert "arXiv 2502.04419" in presets()[name].source
    settings = preset(name)
    assert (settings.learning_rate, settings.epochs) == (learning_rate, epochs)


def test_the_embedded_preset_states_nothing_as_another_s() -> None:
    assert presets()["embedded"].stated == {}


@pytest.mark.parametrize("name", presets())
def test_a_preset_says_every_value_and_says_it_once(name: str) -> None:
    found = presets()[name]
    assert set(found.stated) | set(found.ours) == set(TrainingSettings.model_fields) - _NOT_IN_PRESETS
    assert not set(found.stated) & set(found.ours)
    assert set(found.ours["lora"]) == set(LoraSettings.model_fields)


def test_values_stand_over_those_of_the_preset_and_the_rest_stays() -> None:
    settings = TrainingSettings.model_validate(
        {"preset": "paper-gender", "epochs": 2, "lora": {"rank": 4}, "checkpoint_every": 7}
    )
    expected = {**preset("paper-gender").model_dump(), "epochs": 2}
    expected["lora"] = {**expected["lora"], "rank": 4}
    assert settings.model_dump() == expected
    assert settings.checkpoint_every == 7


def test_a_preset_and_the_same_values_written_out_are_recorded_alike() -> None:
    named = preset("paper-culture")
    written = TrainingSettings.model_validate(named.model_dump())
    assert written.preset is None
    assert named.preset == "paper-culture"
    assert named.model_dump() == written.model_dump()


def test_neither_the_preset_s_name_nor_the_checkpoints_are_recorded() -> None:
    recorded = preset("embedded", checkpoint_every=7).model_dump()
    assert set(recorded) == set(TrainingSettings.model_fields) - {"preset", "checkpoint_every"}


@pytest.mark.parametrize("name", ["paper", "", 3, ["embedded"]])
def test_an_unknown_preset_is_told_with_those_that_there_are(name: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        TrainingSettings.model_validate({"preset": name})
    (problem,) = raised.value.errors()
    assert problem["msg"] == (
        f"Value error, unknown preset {name!r}; "
        "expected one of: embedded, paper-culture, paper-culture-arabic, paper-gender"
    )


def test_without_a_preset_the_learning_rate_must_be_said() -> None:
    with pytest.raises(ValidationError, match="learning_rate\n  Field required"):
        TrainingSettings.model_validate({"epochs": 2})
    assert TrainingSettings(learning_rate=1e-4).preset is None


@pytest.mark.parametrize(
    "wrong",
    [{"lora": 3}, {"lora": {"rang": 4}}, {"epochs": 0}, {"schedule": "sawtooth"}, {"optimizer": "sgd"}],
)
def test_a_wrong_value_is_refused_with_a_preset_too(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        preset("embedded", **wrong)
