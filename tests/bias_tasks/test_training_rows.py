"""Rows that pass between the rooms: what is enough, and the one line that says what is wrong and where."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bias_tasks.training_rows import DataError, Message, TrainingRow, dump_rows, read_rows, short_hash

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
MESSAGES = st.lists(
    st.builds(Message, role=st.sampled_from(["system", "user", "assistant"]), content=TEXT),
    min_size=1,
    max_size=3,
).map(tuple)
ROWS = st.lists(
    st.builds(
        TrainingRow,
        prompt=MESSAGES,
        completion=MESSAGES.map(lambda messages: messages[:1]),
        source=st.sampled_from(["original", "augmented"]),
        bias_type=st.none() | st.integers(0, 6),
        group=st.none() | TEXT,
        seed=st.none() | st.integers(0, 2**31),
    ),
    min_size=1,
    max_size=4,
)
GOOD = {
    "prompt": [{"role": "user", "content": "Who works here?"}],
    "completion": [{"role": "assistant", "content": "a nurse"}],
}


def row(**fields: object) -> TrainingRow:
    return TrainingRow.model_validate({**GOOD, **fields})


def write(path: Path, *rows: Any) -> Path:
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), "utf-8")
    return path


def error_of(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_rows(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message.removeprefix(f"{path}: ")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_rows_survive_a_file(rows: list[TrainingRow], tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(dump_rows(rows), encoding="utf-8", newline="\n")
    assert read_rows(path) == rows


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\r", "\x0c"], ids=ascii)
def test_a_line_separator_within_a_text_is_read_back(separator: str, tmp_path: Path) -> None:
    rows = [row(prompt=[{"role": "user", "content": f"One.{separator}Two."}])]
    path = tmp_path / "rows.jsonl"
    path.write_text(dump_rows(rows), encoding="utf-8")
    assert read_rows(path) == rows


def test_a_file_written_on_windows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(f"{json.dumps(GOOD)}\r\n{json.dumps(GOOD)}\r\n".encode())
    assert read_rows(path) == [row(), row()]


def test_a_row_is_written_on_one_line_with_its_text_id_and_native_script_as_it_is() -> None:
    native = row(prompt=[{"role": "user", "content": "من يعمل هنا؟"}])
    line, rest = dump_rows([native]).split("\n")
    assert rest == ""
    assert "من يعمل هنا؟" in line
    assert json.loads(line)["text_id"] == native.text_id


def test_prompt_and_completion_are_all_that_a_file_needs(tmp_path: Path) -> None:
    (found,) = read_rows(write(tmp_path / "rows.jsonl", GOOD))
    assert found.prompt == (Message(role="user", content="Who works here?"),)
    assert found.source == "original"
    assert (
        found.domain is found.group is found.bias_type is found.label is found.cluster is found.seed is None
    )


def test_fields_of_other_tools_are_ignored() -> None:
    assert row(my_column=3) == row()


def test_the_text_id_follows_the_text_only() -> None:
    assert row(group="female", seed=3).text_id == row().text_id
    assert row(completion=[{"role": "assistant", "content": "a painter"}]).text_id != row().text_id


def test_the_text_id_of_a_row_is_the_same_in_every_version() -> None:
    assert row().text_id == "6581c01571265ad8"


def test_the_text_id_tells_where_the_prompt_ends_from_roles_alone() -> None:
    swapped = row(prompt=GOOD["completion"], completion=GOOD["prompt"])
    assert swapped.text_id != row().text_id


def test_hashes_do_not_depend_on_the_order_of_keys() -> None:
    assert short_hash({"a": 1, "b": "ü"}) == short_hash({"b": "ü", "a": 1})


def test_empty_lines_between_rows_are_skipped(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(f"\n{json.dumps(GOOD)}\n\n{json.dumps(GOOD)}\n", encoding="utf-8")
    assert read_rows(path) == [row(), row()]


def test_a_missing_file_is_named_with_what_was_expected(tmp_path: Path) -> None:
    assert error_of(tmp_path / "none.jsonl") == (
        "no such file; expected JSON lines with prompt and completion"
    )


@pytest.mark.parametrize("content", ["", "\n \n"], ids=["no byte", "blank lines only"])
def test_an_empty_file_is_named_with_what_was_expected(content: str, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(content)
    assert error_of(tmp_path / "rows.jsonl") == "no rows; expected JSON lines with prompt and completion"


def test_a_file_that_is_not_utf8_is_named_with_the_byte(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_bytes(json.dumps(GOOD).encode() + b"\n\xff\xfe")
    place = len(json.dumps(GOOD)) + 1
    assert error_of(tmp_path / "rows.jsonl") == f"byte {place} is not UTF-8; expected UTF-8 JSON lines"


def test_broken_json_is_named_with_row_and_column(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.jsonl", *[GOOD] * 6, '{"prompt": [,', GOOD)
    assert re.fullmatch(r"row 7: not valid JSON \(.+ at column 13\)", error_of(path))


def test_a_row_is_counted_as_an_editor_counts_lines(tmp_path: Path) -> None:
    assert error_of(write(tmp_path / "rows.jsonl", GOOD, "", "{")).startswith("row 3: ")


@pytest.mark.parametrize(
    ("row", "field", "expected"),
    [
        ({"prompt": GOOD["prompt"]}, "completion", "required"),
        ({"completion": GOOD["completion"]}, "prompt", "required"),
        ({**GOOD, "prompt": []}, "prompt", "at least 1 item"),
        ({**GOOD, "prompt": "Who?"}, "prompt", "tuple"),
        ({**GOOD, "prompt": [{"role": "user", "content": ""}]}, "prompt.0.content", "at least 1 character"),
        ({**GOOD, "prompt": [{"role": "human", "content": "Who?"}]}, "prompt.0.role", "'system', 'user'"),
        ({**GOOD, "completion": [{"role": "assistant"}]}, "completion.0.content", "required"),
        (
            {**GOOD, "prompt": [{"role": "user", "content": "x", "name": "y"}]},
            "prompt.0.name",
            "not permitted",
        ),
        ({**GOOD, "source": "web"}, "source", "'original' or 'augmented'"),
        ({**GOOD, "bias_type": 7}, "bias_type", "less than or equal to 6"),
        ({**GOOD, "bias_type": -1}, "bias_type", "greater than or equal to 0"),
        ({**GOOD, "seed": "three"}, "seed", "integer"),
        ({**GOOD, "label": 3}, "label", "string"),
        ([1, 2], "row", "dictionary"),
        ("null", "row", "dictionary"),
    ],
)
def test_a_wrong_field_is_named_with_row_field_and_what_was_expected(
    row: Any, field: str, expected: str, tmp_path: Path
) -> None:
    message = error_of(write(tmp_path / "rows.jsonl", GOOD, row))
    assert message.startswith(f"row 2: field {field}: ")
    assert expected in message


def test_a_folder_instead_of_a_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        read_rows(tmp_path)


def test_rows_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        row().group = "female"
