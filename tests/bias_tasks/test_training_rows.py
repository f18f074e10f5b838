"""The rows that pass between the rooms."""

import json
from pathlib import Path

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
    "prompt": [{"role": "user", "content": "Who?"}],
    "completion": [{"role": "assistant", "content": "A nurse."}],
}


def row(**fields: object) -> TrainingRow:
    return TrainingRow.model_validate({**GOOD, **fields})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_rows_survive_a_file(rows: list[TrainingRow], tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(dump_rows(rows), encoding="utf-8", newline="\n")
    assert read_rows(path) == rows


@pytest.mark.parametrize("separator", ["\x85", "\u2028", "\u2029"], ids=["U+0085", "U+2028", "U+2029"])
def test_a_unicode_line_separator_in_a_text_survives_a_file(separator: str, tmp_path: Path) -> None:
    rows = [row(prompt=[{"role": "user", "content": f"one{separator}two"}])]
    path = tmp_path / "rows.jsonl"
    path.write_text(dump_rows(rows), encoding="utf-8")
    assert read_rows(path) == rows


def test_a_file_written_on_windows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(f"{json.dumps(GOOD)}\r\n{json.dumps(GOOD)}\r\n".encode())
    assert read_rows(path) == [row(), row()]


def test_a_row_is_written_on_one_line_with_its_text_id() -> None:
    line, rest = dump_rows([row()]).split("\n")
    assert rest == ""
    assert json.loads(line)["text_id"] == row().text_id


def test_prompt_and_completion_are_enough() -> None:
    assert row().source == "original"
    assert row().bias_type is None


def test_fields_of_other_tools_are_ignored() -> None:
    assert row(my_column=3) == row()


def test_the_text_id_follows_the_text_only() -> None:
    assert row(group="female", seed=3).text_id == row().text_id
    assert row(completion=[{"role": "assistant", "content": "A painter."}]).text_id != row().text_id
    assert len(row().text_id) == 16


def test_the_text_id_tells_where_the_prompt_ends_from_roles_alone() -> None:
    swapped = row(prompt=GOOD["completion"], completion=GOOD["prompt"])
    assert swapped.text_id != row().text_id


def test_hashes_do_not_depend_on_the_order_of_keys() -> None:
    assert short_hash({"a": 1, "b": "ü"}) == short_hash({"b": "ü", "a": 1})


def test_empty_lines_between_rows_are_skipped(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(f"\n{json.dumps(GOOD)}\n\n{json.dumps(GOOD)}\n", encoding="utf-8")
    assert read_rows(path) == [row(), row()]


@pytest.mark.parametrize(
    ("second_line", "expected"),
    [
        ("{not json", "row 2: not valid JSON"),
        ("[1, 2]", "row 2: field row"),
        (json.dumps({"prompt": GOOD["prompt"]}), "row 2: field completion: Field required"),
        (json.dumps({**GOOD, "prompt": []}), "row 2: field prompt"),
        (json.dumps({**GOOD, "prompt": "Who?"}), "row 2: field prompt"),
        (json.dumps({**GOOD, "prompt": [{"role": "user", "content": ""}]}), "row 2: field prompt.0.content"),
        (json.dumps({**GOOD, "prompt": [{"role": "robot", "content": "x"}]}), "row 2: field prompt.0.role"),
        (json.dumps({**GOOD, "source": "found"}), "row 2: field source"),
        (json.dumps({**GOOD, "bias_type": 7}), "row 2: field bias_type"),
    ],
)
def test_a_malformed_row_is_named_in_one_line(second_line: str, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(f"{json.dumps(GOOD)}\n{second_line}\n", encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_rows(path)
    message = str(error.value)
    assert message.startswith(f"{path}: {expected}")
    assert "\n" not in message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.jsonl: no such file"):
        read_rows(tmp_path / "none.jsonl")


def test_a_folder_instead_of_a_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        read_rows(tmp_path)


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_a_file_without_rows_is_named(content: str, tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match="no rows"):
        read_rows(path)


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "latin.jsonl"
    path.write_bytes(b'{"prompt": "caf\xe9"}')
    with pytest.raises(DataError, match="byte 15 is not UTF-8"):
        read_rows(path)


def test_rows_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        row().group = "female"
