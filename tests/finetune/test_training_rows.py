"""A user's own data: what is enough, and the one line that says what is wrong and where.

The rest of the contract is tested beside `bias_tasks.training_rows`.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bias_tasks.training_rows import DataError, Message, TrainingRow, dump_rows, read_rows

GOOD = {
    "prompt": [{"role": "user", "content": "Who works here?"}],
    "completion": [{"role": "assistant", "content": "a nurse"}],
}


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


def test_prompt_and_completion_are_all_that_a_file_needs(tmp_path: Path) -> None:
    (row,) = read_rows(write(tmp_path / "rows.jsonl", GOOD))
    assert row.prompt == (Message(role="user", content="Who works here?"),)
    assert row.source == "original"
    assert row.domain is row.group is row.bias_type is row.label is row.cluster is row.seed is None


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


@pytest.mark.parametrize("separator", ["\u2028", "\x85", "\r", "\x0c"], ids=ascii)
def test_a_line_separator_within_a_text_is_read_back(separator: str, tmp_path: Path) -> None:
    row = TrainingRow.model_validate(
        {**GOOD, "prompt": [{"role": "user", "content": f"One.{separator}Two."}]}
    )
    path = tmp_path / "rows.jsonl"
    path.write_text(dump_rows([row]), encoding="utf-8")
    assert read_rows(path) == [row]


def test_a_dumped_row_holds_its_text_id_and_native_script_as_it_is() -> None:
    row = TrainingRow.model_validate({**GOOD, "prompt": [{"role": "user", "content": "من يعمل هنا؟"}]})
    line = dump_rows([row])
    assert "من يعمل هنا؟" in line
    assert json.loads(line)["text_id"] == row.text_id


def test_the_text_id_of_a_row_is_the_same_in_every_version() -> None:
    assert TrainingRow.model_validate(GOOD).text_id == "6581c01571265ad8"
