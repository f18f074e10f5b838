"""Text files: JSON lines, a JSON list, and fields between separators."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from data_sources import WHAT, WHO, WRITERS, answers, csv_file, json_lines, lines, opened, refusal, turns
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finetune.sources import read_source

# --- JSON ------------------------------------------------------------------------------------------

LEADING = ["", "\n", "\r\n", "\n\n \n", "\t", "  \r\n\t\n"]
MARKS = ["", "\ufeff"]
FORMS: Mapping[str, str] = {
    "lines": lines(WHO, WHAT),
    "list": json.dumps([WHO, WHAT]),
    "list over lines": json.dumps([WHO, WHAT], indent=2),
}


@pytest.mark.parametrize("name", ["rows.json", "rows.jsonl"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mark", MARKS, ids=["", "bom"])
@pytest.mark.parametrize("leading", LEADING, ids=map(repr, LEADING))
def test_white_space_above_json_changes_nothing(
    leading: str, mark: str, form: str, name: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes((mark + leading + FORMS[form]).encode("utf-8"))
    assert answers(tmp_path / name) == ["A nurse.", "A bridge."]


def test_a_fault_in_a_list_below_white_space_is_told_with_its_line_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text('\n\n[{"prompt": "a"},\n {"prompt" "b"}]', encoding="utf-8")
    assert "Expecting ':' delimiter at line 4 column 12" in refusal(tmp_path / "rows.json")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            json.dumps({"version": 1, "data": [WHO]}, indent=1),
            "one object with version, data goes over several lines; expected a list of rows, or every row on "
            "a line of its own (jq -c '.data[]' FILE writes it so)",
        ),
        (
            json.dumps(WHO, indent=1),
            "one object with prompt, completion goes over several lines; expected a list of rows, or every "
            "row on a line of its own",
        ),
        (
            json.dumps(WHO, indent=1) + "\n" + json.dumps(WHAT, indent=1),
            "row 1 goes over several lines; expected a list of rows, or every row on a line of its own "
            "(jq -c . FILE writes it so)",
        ),
    ],
    ids=["rows under a key", "one row", "rows one after another"],
)
def test_valid_json_of_another_form_is_not_called_invalid(content: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text(content, encoding="utf-8")
    assert refusal(path) == f"{path}: {told}"


def test_separators_of_unicode_end_no_line(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({**WHO, "prompt": "a\u2028b\x85c"}, ensure_ascii=False), encoding="utf-8")
    (row,) = opened(path).rows
    assert turns(row)[:-1] == [("user", "a\u2028b\x85c")]


def test_five_megabytes_in_one_line_are_read_and_never_repeated(tmp_path: Path) -> None:
    long = "word " * 1_000_000
    path = json_lines(tmp_path / "rows.jsonl", [{**WHO, "prompt": long}, {**WHO, "bias_type": long}])
    message = refusal(path)
    assert message.startswith(f"{path}: row 2: field bias_type")
    assert len(message) < 300
    json_lines(path, [{**WHO, "prompt": long}])
    assert len(opened(path).rows[0].prompt[0].content) == len(long.strip())


# --- separators ------------------------------------------------------------------------------------

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(
    lambda text: text.strip() == text
)


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL], ids=["bare", "quoted"])
@pytest.mark.parametrize("separator", SEPARATORS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(data=st.data())
def test_a_table_reads_the_same_whatever_separates_its_fields(
    separator: str, quoting: int, data: st.DataObject, tmp_path: Path
) -> None:
    pairs = data.draw(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=4))
    records = [{"prompt": asked, "completion": answer} for asked, answer in pairs]
    path = csv_file(tmp_path / "rows.csv", records, SEPARATORS[separator], quoting)
    assert [turns(row) for row in opened(path).rows] == [
        [("user", asked), ("assistant", answer)] for asked, answer in pairs
    ]


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("mark", MARKS, ids=["", "bom"])
@pytest.mark.parametrize("leading", ["", "\n", "\r\n \r\n"], ids=repr)
def test_what_stands_above_the_header_changes_nothing(
    leading: str, mark: str, separator: str, tmp_path: Path
) -> None:
    s = SEPARATORS[separator]
    path = tmp_path / "rows.csv"
    path.write_bytes(f"{mark}{leading}text{s}label\nShe plans.{s}no\n".encode())
    assert answers(path) == ["no"]


@pytest.mark.parametrize("separator", SEPARATORS)
def test_the_separator_that_excel_says_is_taken(separator: str, tmp_path: Path) -> None:
    s = SEPARATORS[separator]
    path = tmp_path / "rows.csv"
    path.write_text(f"sep={s}\ntext{s}label\na{s}no\n", encoding="utf-8-sig")
    assert answers(path) == ["no"]


def test_a_tsv_file_is_separated_by_tabs_whatever_else_its_header_holds(tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv"
    path.write_text("text\tlabel\tseen, or not\nHello, you\tyes\t1\n", encoding="utf-8")
    assert answers(path) == ["yes"]


def test_a_row_of_other_length_is_told_with_its_line_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("sep=;\n\ntext;label\na;no\nb\n", encoding="utf-8")
    assert refusal(path) == f"{path}: row 2 (to line 5): expected 2 fields, as in the header"


def test_a_long_field_of_a_csv_file_is_read(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "rows.csv", [{**WHO, "prompt": "word " * 100_000}])
    assert len(read_source(str(path), None, "original")) == 1


def test_a_word_that_other_readers_take_for_nothing_is_a_label(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "rows.csv", [{"text": "a", "label": "NA"}, {"text": "b", "label": "null"}])
    assert [row.label for row in read_source(str(path), None, "original")] == ["NA", "null"]


# --- any format ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["rows.jsonl", "lines.json", "list.json", "rows.csv"])
def test_the_mark_that_windows_puts_before_utf8_is_no_text(name: str, tmp_path: Path) -> None:
    path = WRITERS[name](tmp_path / name, [WHO])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    (row,) = opened(path).rows
    assert turns(row) == [("user", "Who works here?"), ("assistant", "A nurse.")]


PARQUET_EXPECTED = "not read; expected a Parquet file with rows ("


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.jsonl", b"", "no rows; expected at least one"),
        ("a.jsonl", b"\n \n", "no rows; expected at least one"),
        ("a.json", b"[]", "no rows; expected at least one"),
        ("a.csv", b"", "no rows; expected at least one"),
        ("a.csv", b"text,label\n", "no rows; expected at least one"),
        ("a.parquet", b"", PARQUET_EXPECTED),
        ("a.parquet", b"text,label\nno,parquet\n", PARQUET_EXPECTED),
        ("a.parquet", b"PAR1" + b"\0" * 100 + b"PAR1", PARQUET_EXPECTED),
        ("a.jsonl", b"{not json", "row 1: not valid JSON (Expecting property name"),
        ("a.jsonl", b'{"prompt": "a\0b"}', "row 1: not valid JSON (Invalid control character at"),
        ("a.jsonl", b'\n{"prompt": "caf\xe9"}', "row 2: byte 15 is not UTF-8; expected UTF-8 JSON"),
        ("a.jsonl", '{"prompt": "Who?"}'.encode("utf-16"), "row 1: byte 0 is not UTF-8"),
        ("a.jsonl", b"\x1f\x8b\x08 gzip", "not valid gzip ("),
        ("a.jsonl", b'"text"\n', "row 1: expected an object with named fields"),
        ("a.jsonl", b"1" * 5000, "row 1: JSON with too long a number or too deep a nesting"),
        ("a.jsonl", b'{"a":' * 100_000, "row 1: JSON with too long a number or too deep a nesting"),
        (
            "a.json",
            b'[{"prompt": "a"},\n {"prompt" "b"}]',
            "not valid JSON (Expecting ':' delimiter at line 2",
        ),
        ("a.json", b"[" * 100_000, "JSON with too long a number or too deep a nesting"),
        ("a.json", b"[1]", "row 1: expected an object with named fields"),
        ("a.csv", b"text,label\na,b\nc\n", "row 2 (to line 3): expected 2 fields, as in the header"),
        ("a.csv", b"text,label\na,b,c\n", "row 1 (to line 2): expected 2 fields, as in the header"),
        ("a.csv", b'text,label\na,b\n"c\n\nd', "row 2: not valid CSV (unexpected end of data)"),
        ("a.csv", b"text,label\ncaf\xe9,b\n", "not UTF-8 after row 0; expected UTF-8 CSV"),
        ("a.csv", b"text,label,text\na,b,c\n", "the header names 'text' twice"),
        ("a.csv", b"text,label\na\0,b\n", "row 1: "),
        ("a.txt", b"Who?", "expected a file ending in .jsonl, .json, .csv, .tsv or .parquet, a folder"),
    ],
)
def test_a_file_that_is_not_what_it_is_called_is_refused(
    name: str, content: bytes, expected: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    assert refusal(tmp_path / name).startswith(f"{tmp_path / name}: {expected}")
