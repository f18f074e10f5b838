"""Lists of messages, as several tools write them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from data_sources import TALK, TYPED, WHO, json_lines, opened, parquet, refusal, turns

from finetune.sources import read_source
from finetune.sources.values import ROLES

SAYS = {"chat": ("role", "content"), "sharegpt": ("from", "value")}
TURNS = [("user", WHO["prompt"]), ("assistant", WHO["completion"])]


def talk(form: str, user: str = "user", assistant: str = "assistant") -> list[dict[str, Any]]:
    who, what = SAYS[form]
    return [{who: user, what: TURNS[0][1]}, {who: assistant, what: TURNS[1][1]}]


def by_column(messages: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """As Arrow keeps a `Sequence` of mappings."""
    return {key: [message[key] for message in messages] for key in messages[0]}


@pytest.mark.parametrize("column", ["messages", "conversations", "conversation"])
@pytest.mark.parametrize("form", SAYS)
@pytest.mark.parametrize("kept", [list, by_column], ids=["list of mappings", "mapping of lists"])
@pytest.mark.parametrize("name", TYPED)
def test_conversations_are_read_in_every_form_and_format(
    name: str, kept: Callable[[Any], Any], form: str, column: str, tmp_path: Path
) -> None:
    (row,) = opened(TYPED[name](tmp_path / name, [{column: kept(talk(form))}])).rows
    assert turns(row) == TURNS


@pytest.mark.parametrize("kept", [list, by_column], ids=["list of mappings", "mapping of lists"])
def test_prompt_and_completion_are_read_in_both_ways_of_keeping_messages(
    kept: Callable[[Any], Any], tmp_path: Path
) -> None:
    first, last = ([turn] for turn in talk("chat"))
    (row,) = opened(
        parquet(tmp_path / "rows.parquet", [{"prompt": kept(first), "completion": kept(last)}])
    ).rows
    assert turns(row) == TURNS


@pytest.mark.parametrize(("said", "role"), ROLES.items())
def test_every_name_of_an_author_is_one_of_three(said: str, role: str, tmp_path: Path) -> None:
    messages = [{"from": said, "value": "So."}, *talk("sharegpt", "human", "gpt")]
    (row,) = opened(json_lines(tmp_path / "rows.jsonl", [{"conversations": messages}])).rows
    assert turns(row) == [(role, "So."), *TURNS]


def test_a_conversation_in_another_column_is_recognised_by_what_it_holds(tmp_path: Path) -> None:
    for form in SAYS:
        path = json_lines(tmp_path / f"{form}.jsonl", [{"id": 1, "completion_list": talk(form)}])
        assert refusal(path).endswith("did you mean messages=completion_list?")
        assert turns(opened(path, {"messages": "completion_list"}).rows[0]) == TURNS


@pytest.mark.parametrize("said", ["tool", "function_call", "observation", "Bob"])
def test_an_author_that_is_none_of_three_is_refused(said: str, tmp_path: Path) -> None:
    path = json_lines(
        tmp_path / "rows.jsonl", [{"conversations": [{"from": said, "value": "So."}, *talk("sharegpt")]}]
    )
    assert refusal(path) == (
        f"{path}: row 1: field messages.0.from: expected system, user or assistant (found '{said}')"
    )


def test_lists_of_other_lengths_are_no_conversation(tmp_path: Path) -> None:
    path = json_lines(
        tmp_path / "rows.jsonl", [{"messages": {"role": ["user", "assistant"], "content": ["a"]}}]
    )
    assert refusal(path).endswith("expected lists of one length (found 2 role, 1 content)")


def test_contents_in_parts_are_joined_where_all_are_text(tmp_path: Path) -> None:
    parts = [{"type": "text", "text": "Who works "}, {"type": "text", "text": "here?"}]
    messages = [{"role": "user", "content": parts}, talk("chat")[1]]
    (row,) = opened(json_lines(tmp_path / "rows.jsonl", [{"messages": messages}])).rows
    assert turns(row) == TURNS
    parts[0] = {"type": "image_url", "text": "x"}
    path = json_lines(tmp_path / "seen.jsonl", [{"messages": messages}])
    assert "field messages.0.content: expected text (found [" in refusal(path)


def test_what_a_table_adds_to_messages_is_left_out(tmp_path: Path) -> None:
    messages = [{**turn, "tool_calls": None} for turn in TALK]
    (row,) = read_source(str(json_lines(tmp_path / "rows.jsonl", [{"messages": messages}])), None, "original")
    assert len(row.prompt) == 4


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ("Who?", "field messages: expected a list of messages (found 'Who?')"),
        ([], "field messages: expected a list of messages (found [])"),
        (TALK[:4], "field messages.3: the last turn is of the user; expected one of the assistant"),
        (TALK[4:], "field messages: nothing before the assistant's turn"),
    ],
)
def test_messages_that_end_in_no_answer_are_refused(messages: Any, expected: str, tmp_path: Path) -> None:
    path = json_lines(tmp_path / "rows.jsonl", [{"messages": messages}])
    assert refusal(path).startswith(f"{path}: row 1: {expected}")
