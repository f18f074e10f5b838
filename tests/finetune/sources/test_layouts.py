"""What columns hold: layouts, questions, and one line for columns of no layout."""

from pathlib import Path
from typing import Any

import pytest
from data_sources import (
    LABELLED,
    NAN,
    NESTING,
    TALK,
    TYPED,
    WHO,
    WRITERS,
    json_lines,
    json_list,
    opened,
    refusal,
    turns,
)

from bias_tasks.population import population
from finetune.sources import read_source

# --- layouts, in every format ----------------------------------------------------------------------


@pytest.mark.parametrize("name", WRITERS)
def test_prompt_and_completion_as_texts(name: str, tmp_path: Path) -> None:
    (row,) = read_source(str(WRITERS[name](tmp_path / name, [WHO])), None, "original")
    assert turns(row) == [("user", "Who works here?"), ("assistant", "A nurse.")]
    assert row.source == "original"


@pytest.mark.parametrize("name", NESTING)
def test_prompt_and_completion_as_lists_of_messages(name: str, tmp_path: Path) -> None:
    path = WRITERS[name](tmp_path / name, [{"prompt": TALK[:4], "completion": TALK[4:]}])
    (row,) = read_source(str(path), None, "original")
    assert [message.model_dump() for message in (*row.prompt, *row.completion)] == TALK


@pytest.mark.parametrize("name", NESTING)
def test_of_a_list_of_messages_the_last_turn_is_learnt(name: str, tmp_path: Path) -> None:
    (row,) = read_source(str(WRITERS[name](tmp_path / name, [{"messages": TALK}])), None, "original")
    assert [message.model_dump() for message in row.prompt] == TALK[:4]
    assert [message.model_dump() for message in row.completion] == TALK[4:]


@pytest.mark.parametrize("name", WRITERS)
def test_text_and_label_without_a_question(name: str, tmp_path: Path) -> None:
    rows = read_source(str(WRITERS[name](tmp_path / name, LABELLED)), None, "augmented")
    assert [turns(row) for row in rows] == [
        [("user", "She designs houses."), ("assistant", "architect")],
        [("user", "He paints."), ("assistant", "painter")],
    ]
    assert [row.label for row in rows] == ["architect", "painter"]
    assert {row.source for row in rows} == {"augmented"}


@pytest.mark.parametrize("name", WRITERS)
def test_columns_that_are_called_otherwise(name: str, tmp_path: Path) -> None:
    records = [{"bio": "She designs houses.", "job": "architect", "sex": "female", "prompt": "not this"}]
    path = WRITERS[name](tmp_path / name, records)
    (row,) = read_source(str(path), {"text": "bio", "label": "job", "group": "sex"}, "original")
    assert turns(row) == [("user", "She designs houses."), ("assistant", "architect")]
    assert (row.group, row.label) == ("female", "architect")


def test_once_a_column_is_named_only_what_is_needed_is_read_besides(tmp_path: Path) -> None:
    path = json_lines(
        tmp_path / "rows.jsonl", [{**WHO, "group": ["not", "ours"], "sex": "female", "seed": 3}]
    )
    (row,) = read_source(str(path), {"group": "sex"}, "original")
    assert (row.group, row.seed) == ("female", None)
    assert turns(row)[-1] == ("assistant", "A nurse.")


# --- instructions ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TYPED)
@pytest.mark.parametrize("given", [None, "", NAN], ids=repr)
def test_an_instruction_without_input_is_the_prompt(given: Any, name: str, tmp_path: Path) -> None:
    record = {"instruction": "Name a trade.", "input": given, "output": "Roofer."}
    (row,) = opened(TYPED[name](tmp_path / name, [record])).rows
    assert turns(row) == [("user", "Name a trade."), ("assistant", "Roofer.")]


def test_an_input_stands_below_its_instruction(tmp_path: Path) -> None:
    records = [
        {"instruction": "Translate.", "input": "Dach", "output": "roof", "text": "Below is ..."},
        {"instruction": "Name a trade.", "output": "Roofer."},
    ]
    first, second = opened(json_list(tmp_path / "rows.json", records)).rows
    assert turns(first) == [("user", "Translate.\n\nDach"), ("assistant", "roof")]
    assert turns(second)[0] == ("user", "Name a trade.")


def test_columns_of_instructions_may_be_called_otherwise(tmp_path: Path) -> None:
    path = json_lines(
        tmp_path / "rows.jsonl", [{"instruction": "Translate.", "context": "Dach", "response": "roof"}]
    )
    (row,) = opened(path, {"input": "context", "output": "response"}).rows
    assert turns(row) == [("user", "Translate.\n\nDach"), ("assistant", "roof")]


# --- questions -------------------------------------------------------------------------------------


def test_a_question_is_put_around_the_text(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "rows.jsonl", [{"text": "A {text} of {braces}", "label": "no"}])
    (row,) = read_source(str(path), None, "original", "Is {this} rude? {text}\nAnswer:")
    assert turns(row)[:-1] == [("user", "Is {this} rude? A {text} of {braces}\nAnswer:")]


@pytest.mark.parametrize("label", ["software_engineer", "software engineer", "Software Engineer"])
def test_the_occupation_question_is_the_task_s_own(label: str, tmp_path: Path) -> None:
    path = json_lines(tmp_path / "rows.jsonl", [{"text": "She codes.", "label": label}])
    (row,) = read_source(str(path), None, "original", "occupation")
    assert turns(row) == [
        ("user", population().ask_occupation("She codes.")),
        ("assistant", "software engineer"),
    ]
    assert row.label == "software_engineer"


def test_other_layouts_bring_their_prompts(tmp_path: Path) -> None:
    path = str(json_lines(tmp_path / "rows.jsonl", [WHO]))
    assert read_source(path, None, "original", "occupation") == read_source(path, None, "original")


def test_a_question_without_a_place_for_the_text_is_refused(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "rows.jsonl", LABELLED)
    assert refusal(path, question="Rude?").startswith(
        "question: expected {text} in it, or the word occupation"
    )


def test_an_occupation_that_the_question_does_not_offer_is_refused_with_its_row(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "rows.jsonl", [*LABELLED, {"text": "Cuts.", "label": "surgeon"}])
    expected = (
        "row 3: field label: expected one of the occupations: architect, dentist, nurse, painter, professor"
    )
    assert refusal(path, question="occupation").startswith(f"{path}: {expected}")


# --- wrong columns ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WRITERS)
def test_columns_of_no_layout_are_refused_with_what_there_is(name: str, tmp_path: Path) -> None:
    path = WRITERS[name](tmp_path / name, [{"question": "Who?", "reply": "A nurse."}])
    expected = (
        "row 1: the columns are question, reply; expected prompt and completion, messages, text and label, "
    )
    assert refusal(path).startswith(f"{path}: {expected}")


@pytest.mark.parametrize("name", WRITERS)
def test_a_named_column_that_is_not_there_is_refused_with_the_nearest(name: str, tmp_path: Path) -> None:
    path = WRITERS[name](tmp_path / name, [{"biography": "She paints.", "job": "painter"}])
    message = refusal(path, {"text": "biografy", "label": "job"})
    assert message == f"{path}: row 1: field text: no column biografy; did you mean biography?"


@pytest.mark.parametrize(
    ("record", "columns", "expected"),
    [
        ({"promt": "Who?", "completion": "I."}, None, "did you mean prompt=promt?"),
        ({"a": "Who?", "b": "I."}, None, "name other columns as prompt=COLUMN and so on"),
        (WHO, {"group": "sex"}, "field group: no column sex; the columns are prompt, completion"),
        (WHO, {"prompt": "zzz"}, "field prompt: no column zzz; the columns are prompt, completion"),
        (WHO, {"promt": "prompt"}, "columns: unknown field promt; did you mean prompt?"),
        (WHO, {"source": "prompt"}, "columns: unknown field source; expected one of: prompt, completion, "),
        (WHO, {"prompt": "a", "text": "b"}, "columns: prompt, text are named together; expected prompt and"),
        ({"text": "a", "prompt": "b"}, None, "the columns are text, prompt; expected"),
    ],
)
def test_what_was_said_of_columns_is_checked(
    record: dict[str, Any], columns: dict[str, str] | None, expected: str, tmp_path: Path
) -> None:
    assert expected in refusal(json_lines(tmp_path / "rows.jsonl", [record]), columns)


def test_a_field_that_only_a_later_row_lacks_is_refused_there(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "rows.jsonl", [WHO, {"prompt": "Who?"}])
    assert refusal(path) == f"{path}: row 2: field completion: no column completion; the columns are prompt"
