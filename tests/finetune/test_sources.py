"""A user's data as rows of the contract, and one clear line for everything that can be wrong with them."""

import csv
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import datasets
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bias_tasks.population import population
from bias_tasks.training_rows import DataError, Message, TrainingRow, dump_rows, read_rows
from finetune.originals import culture, gender
from finetune.sources import needs_hub, open_source, read_source
from finetune.sources.addresses import Hub, parse

MakeRows = Callable[..., list[TrainingRow]]
Records = list[dict[str, Any]]

WHO = {"prompt": "Who works here?", "completion": "A nurse."}
LABELLED: Records = [
    {"text": "She designs houses.", "label": "architect"},
    {"text": "He paints.", "label": "painter"},
]
TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Hello?"},
    {"role": "assistant", "content": "Yes?"},
    {"role": "user", "content": "Who works here?"},
    {"role": "assistant", "content": "A nurse."},
]


def json_lines(path: Path, records: Records) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def json_list(path: Path, records: Records) -> Path:
    path.write_text(json.dumps(records, indent=1), encoding="utf-8")
    return path


def csv_file(path: Path, records: Records) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(records[0]))
        writer.writeheader()
        writer.writerows(records)
    return path


def parquet(path: Path, records: Records) -> Path:
    datasets.Dataset.from_list(records).to_parquet(path)
    return path


def folder(path: Path, records: Records) -> Path:
    datasets.Dataset.from_list(records).save_to_disk(path)
    return path


WRITERS: Mapping[str, Callable[[Path, Records], Path]] = {
    "rows.jsonl": json_lines,
    "lines.json": json_lines,
    "list.json": json_list,
    "rows.csv": csv_file,
    "rows.parquet": parquet,
    "saved": folder,
}
NESTING = [name for name in WRITERS if name != "rows.csv"]


def texts(row: TrainingRow) -> tuple[list[tuple[str, str]], str]:
    return [(message.role, message.content) for message in row.prompt], row.completion[0].content


def refusal(path: Path | str, columns: Mapping[str, str] | None = None, **options: Any) -> str:
    """What is said about data that cannot be used: one line."""
    with pytest.raises(DataError) as error:
        read_source(str(path), columns, options.pop("source", "original"), **options)
    message = str(error.value)
    assert "\n" not in message
    assert len(message) < 700
    return message


# --- layouts, in every format ----------------------------------------------------------------------


@pytest.mark.parametrize("name", WRITERS)
def test_prompt_and_completion_as_texts(name: str, tmp_path: Path) -> None:
    (row,) = read_source(str(WRITERS[name](tmp_path / name, [WHO])), None, "original")
    assert texts(row) == ([("user", "Who works here?")], "A nurse.")
    assert row.completion[0].role == "assistant"
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
    assert [texts(row) for row in rows] == [
        ([("user", "She designs houses.")], "architect"),
        ([("user", "He paints.")], "painter"),
    ]
    assert [row.label for row in rows] == ["architect", "painter"]
    assert {row.source for row in rows} == {"augmented"}


@pytest.mark.parametrize("name", WRITERS)
def test_columns_that_are_called_otherwise(name: str, tmp_path: Path) -> None:
    records = [{"bio": "She designs houses.", "job": "architect", "sex": "female", "prompt": "not this"}]
    path = WRITERS[name](tmp_path / name, records)
    (row,) = read_source(str(path), {"text": "bio", "label": "job", "group": "sex"}, "original")
    assert texts(row) == ([("user", "She designs houses.")], "architect")
    assert (row.group, row.label) == ("female", "architect")


@pytest.mark.parametrize("name", WRITERS)
def test_provenance_is_read_with_its_type(name: str, tmp_path: Path) -> None:
    told = {
        "domain": "gender",
        "group": "female",
        "bias_type": 3,
        "cluster": "c1",
        "seed": 7,
        "generator": "m",
    }
    (row,) = read_source(str(WRITERS[name](tmp_path / name, [{**WHO, **told}])), None, "augmented")
    assert row.model_dump(include=set(told)) == told


def test_once_a_column_is_named_only_what_is_needed_is_read_besides(tmp_path: Path) -> None:
    path = json_lines(
        tmp_path / "rows.jsonl", [{**WHO, "group": ["not", "ours"], "sex": "female", "seed": 3}]
    )
    (row,) = read_source(str(path), {"group": "sex"}, "original")
    assert (row.group, row.seed) == ("female", None)
    assert texts(row)[1] == "A nurse."


def test_names_that_belong_to_numbers_are_found_in_a_table(tmp_path: Path) -> None:
    types = datasets.Features(
        {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["no", "yes"])}
    )
    table = datasets.Dataset.from_list([{"text": "a", "label": 1}, {"text": "b", "label": 0}], features=types)
    table.to_parquet(tmp_path / "rows.parquet")
    rows = read_source(str(tmp_path / "rows.parquet"), None, "original")
    assert [row.label for row in rows] == ["yes", "no"]


def test_a_numbered_label_without_names_is_its_number(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "rows.jsonl", [{"text": "a", "label": 1}])
    assert texts(read_source(str(path), None, "original")[0])[1] == "1"


def test_white_space_around_plain_texts_is_the_file_s_and_inside_messages_the_user_s(tmp_path: Path) -> None:
    records = [{"prompt": " Who? ", "completion": [{"role": "assistant", "content": " A nurse.\n"}]}]
    (row,) = read_source(str(json_lines(tmp_path / "rows.jsonl", records)), None, "original")
    assert texts(row) == ([("user", "Who?")], " A nurse.\n")


def test_what_a_table_adds_to_messages_is_left_out(tmp_path: Path) -> None:
    turns = [{**turn, "tool_calls": None} for turn in TALK]
    (row,) = read_source(str(json_lines(tmp_path / "rows.jsonl", [{"messages": turns}])), None, "original")
    assert len(row.prompt) == 4


# --- questions -------------------------------------------------------------------------------------


def test_a_question_is_put_around_the_text(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "rows.jsonl", [{"text": "A {text} of {braces}", "label": "no"}])
    (row,) = read_source(str(path), None, "original", "Is {this} rude? {text}\nAnswer:")
    assert texts(row)[0] == [("user", "Is {this} rude? A {text} of {braces}\nAnswer:")]


@pytest.mark.parametrize("label", ["software_engineer", "software engineer", "Software Engineer"])
def test_the_occupation_question_is_the_task_s_own(label: str, tmp_path: Path) -> None:
    path = json_lines(tmp_path / "rows.jsonl", [{"text": "She codes.", "label": label}])
    (row,) = read_source(str(path), None, "original", "occupation")
    assert texts(row) == ([("user", population().ask_occupation("She codes."))], "software engineer")
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


# --- where rows come from --------------------------------------------------------------------------


def test_rows_that_this_program_wrote_are_read_as_they_were(make_rows: MakeRows, tmp_path: Path) -> None:
    rows = [*gender.originals(6, 0), *culture.originals(4, 0), *make_rows(3)]
    (tmp_path / "rows.jsonl").write_text(dump_rows(rows), encoding="utf-8")
    assert read_source(str(tmp_path / "rows.jsonl"), None, "original") == rows


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(lambda text: text.strip())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=4), st.sampled_from(["original", "augmented"]))
def test_any_file_of_the_contract_reads_as_the_contract_s_own_reader_reads_it(
    tmp_path: Path, contents: list[tuple[str, str]], source: Any
) -> None:
    rows = [
        TrainingRow(
            prompt=(Message(role="user", content=asked),),
            completion=(Message(role="assistant", content=answer),),
            source=source,
        )
        for asked, answer in contents
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text(dump_rows(rows), encoding="utf-8", newline="\n")
    assert read_source(str(path), None, source) == read_rows(path) == rows


@pytest.mark.parametrize("domain", ["gender", "culture"])
def test_shipped_originals_are_named_by_domain_and_count(domain: str) -> None:
    module = {"gender": gender, "culture": culture}[domain]
    found = open_source(f"shipped:{domain}:12", None, "original", seed=3)
    assert found.rows == module.originals(12, 3)
    assert found.name == f"shipped:{domain}:12"
    assert open_source(f"shipped:{domain}", None, "original").name == f"shipped:{domain}:{module.MAXIMUM}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("shipped:age", "expected shipped:gender or shipped:culture"),
        ("shipped:", "expected shipped:gender or shipped:culture"),
        ("shipped:gender:0", "expected 1 to 3600"),
        ("shipped:gender:3601", "expected 1 to 3600"),
        ("shipped:gender:ten", "expected shipped:gender or shipped:gender:COUNT"),
        ("shipped:gender:1:2", "expected shipped:gender or shipped:gender:COUNT"),
    ],
)
def test_originals_that_do_not_ship_are_refused(text: str, expected: str) -> None:
    assert refusal(text).startswith(f"{text}: {expected}")


def test_shipped_originals_are_no_augmented_rows_and_have_no_other_columns() -> None:
    assert refusal("shipped:gender", source="augmented").endswith(
        "these are originals; expected augmented rows"
    )
    assert "shipped originals have our columns" in refusal("shipped:gender", {"text": "bio"})


def test_a_folder_with_splits_gives_train_unless_another_is_named(tmp_path: Path) -> None:
    splits = {name: datasets.Dataset.from_list([{**WHO, "group": name}]) for name in ("train", "test")}
    datasets.DatasetDict(splits).save_to_disk(tmp_path / "saved")
    train, test = (open_source(f"{tmp_path}/saved{split}", None, "original") for split in ("", ":test"))
    assert [train.rows[0].group, test.rows[0].group] == ["train", "test"]
    assert [train.name, test.name] == ["saved", "saved:test"]
    assert "no split dev; the splits are train, test" in refusal(f"{tmp_path}/saved:dev")


def test_a_folder_without_splits_has_none_to_name(tmp_path: Path) -> None:
    folder(tmp_path / "saved", [WHO])
    assert "holds one data set without splits" in refusal(f"{tmp_path}/saved:train")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("owner/name", ("owner/name", None, None, "train")),
        ("owner/name:test", ("owner/name", None, None, "test")),
        ("owner/name:config:test", ("owner/name", None, "config", "test")),
        ("owner/na.me@v1.0", ("owner/na.me", "v1.0", None, "train")),
        ("owner/name@refs/pr/1:config:test", ("owner/name", "refs/pr/1", "config", "test")),
    ],
)
def test_a_hub_id_may_name_revision_configuration_and_split(
    text: str, parts: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse(text) == Hub(text, *parts)  # type: ignore[arg-type]
    assert needs_hub(text)


def test_what_lies_here_goes_before_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "owner").mkdir()
    folder(tmp_path / "owner" / "name", [WHO])
    assert not needs_hub("owner/name")
    assert len(read_source("owner/name", None, "original")) == 1
    assert "no such file or folder" in refusal("owner/nam")


# --- original or augmented -------------------------------------------------------------------------


@pytest.mark.parametrize(("flag", "contrary"), [("original", "augmented"), ("augmented", "original")])
def test_a_row_that_says_the_contrary_is_refused(flag: str, contrary: str, tmp_path: Path) -> None:
    path = json_lines(tmp_path / "rows.jsonl", [{**WHO, "source": flag}, {**WHO, "source": contrary}])
    expected = f"{path}: row 2: field source: the row says {contrary}; expected {flag} rows here"
    assert refusal(path, source=flag) == expected


@pytest.mark.parametrize("said", [{}, {"source": "reddit"}, {"source": None}, {"source": ["a", "b"]}])
def test_a_row_that_says_nothing_of_ours_is_what_its_flag_says(said: dict[str, Any], tmp_path: Path) -> None:
    path = json_lines(tmp_path / "rows.jsonl", [{**WHO, **said}])
    assert [read_source(str(path), None, flag)[0].source for flag in ("augmented", "original")] == [
        "augmented",
        "original",
    ]


def test_without_a_flag_a_row_is_what_it_says_or_else_original(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "rows.jsonl", [WHO, {**WHO, "source": "augmented"}])
    assert [row.source for row in read_source(str(path), None, None)] == ["original", "augmented"]


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


def test_a_named_column_of_provenance_may_be_missing_from_some_rows(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "rows.jsonl", [WHO, {**WHO, "sex": "female"}])
    assert [row.group for row in read_source(str(path), {"group": "sex"}, "original")] == [None, "female"]


# --- wrong values ----------------------------------------------------------------------------------


def turn(role: Any, content: Any) -> list[dict[str, Any]]:
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
            {"prompt": turn("tool", "Who?")},
            "field prompt.0.role: expected system, user or assistant (found 'too",
        ),
        (
            {"prompt": turn(["user"], "Who?")},
            "field prompt.0.role: expected system, user or assistant (found [",
        ),
        ({"prompt": turn("user", "")}, "field prompt.0.content: is empty; expected text"),
        ({"prompt": turn("user", None)}, "field prompt.0.content: expected text (found None)"),
        (
            {"completion": turn("user", "I.")},
            "field completion: expected one turn of the assistant (found turns of: user",
        ),
        ({"completion": 2 * turn("assistant", "I.")}, "field completion: expected one turn of the assistant"),
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


@pytest.mark.parametrize("name", ["rows.parquet", "saved"])
def test_a_table_s_wrong_value_is_named_with_its_row(name: str, tmp_path: Path) -> None:
    path = WRITERS[name](tmp_path / name, [WHO, {**WHO, "completion": None}])
    assert refusal(path) == (
        f"{path}: row 2: field completion: expected text or a list of messages (found None)"
    )


def test_a_withheld_class_is_no_label(tmp_path: Path) -> None:
    types = datasets.Features(
        {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["no", "yes"])}
    )
    table = datasets.Dataset.from_dict({"text": ["a"], "label": [-1]}, features=types)
    table.save_to_disk(tmp_path / "saved")
    assert "row 1: field label: expected text (found None)" in refusal(tmp_path / "saved")


def test_five_megabytes_in_one_line_are_read_and_never_repeated(tmp_path: Path) -> None:
    long = "word " * 1_000_000
    path = json_lines(tmp_path / "rows.jsonl", [{**WHO, "prompt": long}, {**WHO, "bias_type": long}])
    message = refusal(path)
    assert message.startswith(f"{path}: row 2: field bias_type")
    assert len(message) < 300
    json_lines(path, [{**WHO, "prompt": long}])
    assert len(texts(read_source(str(path), None, "original")[0])[0][0][1]) == len(long.strip())


def test_a_long_field_of_a_csv_file_is_read(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "rows.csv", [{**WHO, "prompt": "word " * 100_000}])
    assert len(read_source(str(path), None, "original")) == 1


# --- wrong files -----------------------------------------------------------------------------------

FOLDER_EXPECTED = "not read; expected a folder that save_to_disk wrote, with rows ("
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


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    empty = datasets.Dataset.from_dict({"prompt": [], "completion": []})
    empty.to_parquet(tmp_path / "rows.parquet")
    empty.save_to_disk(tmp_path / "saved")
    # Which of the two is told depends on the library's version: some cannot open what they wrote.
    for name in ("rows.parquet", "saved"):
        assert re.search(r": no rows; expected| with rows \(", refusal(tmp_path / name))


def test_a_folder_that_holds_no_data_set_is_refused(tmp_path: Path) -> None:
    assert "not read; expected data files, or what save_to_disk wrote (" in refusal(tmp_path)


def test_a_saved_folder_that_lost_its_data_is_refused(tmp_path: Path) -> None:
    folder(tmp_path / "saved", [WHO])
    for file in (tmp_path / "saved").glob("*.arrow"):
        file.write_bytes(b"no arrow")
    assert FOLDER_EXPECTED in refusal(tmp_path / "saved")


@pytest.mark.parametrize(
    "text", ["missing.jsonl", "data/missing.parquet", "missing", "./missing", "", "a:b", "../x/y"]
)
def test_what_is_not_there_is_refused_with_what_could_be(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    expected = (
        ": no such file or folder; expected a file ending in .jsonl, .json, .csv, .tsv or .parquet, a folder "
    )
    assert refusal(text).startswith(f"{text}{expected}")


@pytest.mark.parametrize("name", ["rows.jsonl", "lines.json", "list.json", "rows.csv"])
def test_the_mark_that_windows_puts_before_utf8_is_no_text(name: str, tmp_path: Path) -> None:
    path = WRITERS[name](tmp_path / name, [WHO])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert texts(read_source(str(path), None, "original")[0]) == ([("user", "Who works here?")], "A nurse.")


def test_separators_of_unicode_end_no_line(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({**WHO, "prompt": "a\u2028b\x85c"}, ensure_ascii=False), encoding="utf-8")
    assert texts(read_source(str(path), None, "original")[0])[0] == [("user", "a\u2028b\x85c")]


def test_a_word_that_other_readers_take_for_nothing_is_a_label(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "rows.csv", [{"text": "a", "label": "NA"}, {"text": "b", "label": "null"}])
    assert [row.label for row in read_source(str(path), None, "original")] == ["NA", "null"]


def test_reading_leaves_bars_and_logs_of_the_library_as_they_were(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = parquet(tmp_path / "rows.parquet", [WHO])
    (tmp_path / "bad.parquet").write_bytes(b"none")
    capfd.readouterr()
    level = datasets.logging.get_verbosity()
    read_source(str(path), None, "original")
    refusal(tmp_path / "bad.parquet")
    assert capfd.readouterr() == ("", "")
    assert datasets.logging.get_verbosity() == level
    assert not datasets.are_progress_bars_disabled()


def test_no_address_of_a_machine_is_in_a_name(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "rows.jsonl", [WHO])
    assert not re.search(r"[/\\]", open_source(str(path), None, "original").name)
