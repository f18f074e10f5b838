"""What a field may hold: text, numbers, nothing; and one line for everything else."""

from pathlib import Path
from typing import Any

import pytest
from data_sources import NAN, TYPED, WHAT, WHO, answers, json_lines, opened, refusal, turns

from finetune.sources import read_source

PROVENANCE = ("domain", "group", "cluster", "generator", "prompt_hash", "label", "bias_type", "seed")


@pytest.mark.parametrize("field", PROVENANCE)
@pytest.mark.parametrize("name", TYPED)
def test_not_a_number_is_a_missing_value_in_every_format(name: str, field: str, tmp_path: Path) -> None:
    (row,) = opened(TYPED[name](tmp_path / name, [{**WHO, field: NAN}])).rows
    assert getattr(row, field) is None


@pytest.mark.parametrize("field", PROVENANCE)
@pytest.mark.parametrize("value", ["Infinity", "-Infinity"])
def test_an_infinite_number_is_not_missing_but_wrong(value: str, field: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(f'{{"prompt": "a", "completion": "b", "{field}": {value}}}\n', encoding="utf-8")
    assert refusal(path).startswith(f"{path}: row 1: field {field}: ")


@pytest.mark.parametrize("name", TYPED)
def test_whole_numbers_that_pandas_made_floats_are_whole(name: str, tmp_path: Path) -> None:
    told = {"group": 2.0, "cluster": 17.0, "bias_type": 5.0, "seed": 3.0}
    path = TYPED[name](tmp_path / name, [{**WHO, **told}, {**WHAT, **dict.fromkeys(told, NAN)}])
    first, second = opened(path).rows
    assert first.model_dump(include=set(told)) == {"group": "2", "cluster": "17", "bias_type": 5, "seed": 3}
    assert second.model_dump(include=set(told)) == dict.fromkeys(told)


@pytest.mark.parametrize("name", TYPED)
def test_a_label_that_pandas_made_a_float_is_its_number(name: str, tmp_path: Path) -> None:
    path = TYPED[name](tmp_path / name, [{"text": "a", "label": 1.0}, {"text": "b", "label": 0.0}])
    assert answers(path) == ["1", "0"]


def test_a_numbered_label_without_names_is_its_number(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "rows.jsonl", [{"text": "a", "label": 1}])
    assert answers(path) == ["1"]


def test_white_space_around_plain_texts_is_the_file_s_and_inside_messages_the_user_s(tmp_path: Path) -> None:
    records = [{"prompt": " Who? ", "completion": [{"role": "assistant", "content": " A nurse.\n"}]}]
    (row,) = read_source(str(json_lines(tmp_path / "rows.jsonl", records)), None, "original")
    assert turns(row) == [("user", "Who?"), ("assistant", " A nurse.\n")]


def said(role: Any, content: Any) -> list[dict[str, Any]]:
    return [{"role": role, "content": content}]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"prompt": 3}, "field prompt: expected text or a list of messages (found 3)"),
        ({"prompt": None}, "field prompt: expected text or a list of messages (found None)"),
        ({"prompt": ""}, "field prompt: is empty; expected text"),
        ({"completion": " \n"}, "field completion: is empty; expected text"),
        ({"prompt": []}, "field prompt: expected text or a list of messages (found [])"),
        ({"prompt": ["Who?"]}, "field prompt.0: expected a message with role and content (found 'Who?')"),
        ({"prompt": [{"role": "user"}]}, "field prompt.0: expected a message with role and content"),
        (
            {"prompt": said("tool", "Who?")},
            "field prompt.0.role: expected system, user or assistant (found 'too",
        ),
        (
            {"prompt": said(["user"], "Who?")},
            "field prompt.0.role: expected system, user or assistant (found [",
        ),
        ({"prompt": said("user", "")}, "field prompt.0.content: is empty; expected text"),
        ({"prompt": said("user", None)}, "field prompt.0.content: expected text (found None)"),
        (
            {"completion": said("user", "I.")},
            "field completion: expected one turn of the assistant (found turns of: user",
        ),
        ({"completion": 2 * said("assistant", "I.")}, "field completion: expected one turn of the assistant"),
        ({"prompt": "a\0b"}, "field prompt: holds a null character at 1"),
        ({"prompt": "a\ud800"}, "field prompt: holds half a character at 1 (a lone surrogate)"),
        ({"group": True}, "field group: expected text (found True)"),
        ({"group": 1.5}, "field group: expected text (found 1.5)"),
        ({"bias_type": 7}, "field bias_type: input should be less than or equal to 6 (found 7)"),
        ({"bias_type": "neutral"}, "field bias_type: input should be a valid integer"),
        ({"seed": 2**64}, "field seed: expected a number of 64 bits"),
        ({"prompt": float("nan")}, "field prompt: expected text or a list of messages (found nan)"),
    ],
)
def test_a_wrong_value_is_named_with_file_row_and_field(
    record: dict[str, Any], expected: str, tmp_path: Path
) -> None:
    path = json_lines(tmp_path / "rows.jsonl", [WHO, {**WHO, **record}])
    assert refusal(path).startswith(f"{path}: row 2: {expected}")
