"""Data as other tools leave them: read, or one line that names the trouble and the remedy."""

import bz2
import csv
import gzip
import json
import lzma
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import datasets
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bias_tasks.training_rows import DataError, TrainingRow
from finetune.sources import Source, open_source
from finetune.sources.values import ROLES

WHO = {"prompt": "Who repairs the roof?", "completion": "The roofer."}
WHAT = {"prompt": "What does she plan?", "completion": "A bridge."}
TALK = [("user", "Who repairs the roof?"), ("assistant", "The roofer.")]
NAN = float("nan")


def opened(path: Path | str, columns: Mapping[str, str] | None = None) -> Source:
    return open_source(str(path), columns, "original")


def turns(row: TrainingRow) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in (*row.prompt, *row.completion)]


def answers(path: Path | str) -> list[str]:
    return [row.completion[0].content for row in opened(path).rows]


def refusal(path: Path | str) -> str:
    """What is said about data that cannot be used: one line, beginning with the place."""
    with pytest.raises(DataError) as error:
        opened(path)
    message = str(error.value)
    assert "\n" not in message
    return message


def lines(*records: Mapping[str, Any]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


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
    assert answers(tmp_path / name) == ["The roofer.", "A bridge."]


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


# --- missing values and whole numbers --------------------------------------------------------------

PROVENANCE = ("domain", "group", "cluster", "generator", "prompt_hash", "label", "bias_type", "seed")


def json_lines(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text(lines(*records), encoding="utf-8")
    return path


def json_list(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text(json.dumps(records), encoding="utf-8")
    return path


def parquet(path: Path, records: list[dict[str, Any]]) -> Path:
    datasets.Dataset.from_list(records).to_parquet(path)
    return path


def saved(path: Path, records: list[dict[str, Any]]) -> Path:
    datasets.Dataset.from_list(records).save_to_disk(path)
    return path


TYPED: Mapping[str, Callable[[Path, list[dict[str, Any]]], Path]] = {
    "rows.jsonl": json_lines,
    "rows.json": json_list,
    "rows.parquet": parquet,
    "saved": saved,
}


@pytest.mark.parametrize("field", PROVENANCE)
@pytest.mark.parametrize("name", TYPED)
def test_not_a_number_is_a_missing_value_in_every_format(name: str, field: str, tmp_path: Path) -> None:
    (row,) = opened(TYPED[name](tmp_path / name, [{**WHO, field: NAN}])).rows
    assert getattr(row, field) is None


@pytest.mark.parametrize("field", [*PROVENANCE])
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


# --- separators ------------------------------------------------------------------------------------

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(
    lambda text: text.strip() == text
)


def separated(path: Path, separator: str, records: list[dict[str, str]], quoting: Any) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(records[0]), delimiter=separator, quoting=quoting)
        writer.writeheader()
        writer.writerows(records)
    return path


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL], ids=["bare", "quoted"])
@pytest.mark.parametrize("separator", SEPARATORS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(data=st.data())
def test_a_table_reads_the_same_whatever_separates_its_fields(
    separator: str, quoting: Any, data: st.DataObject, tmp_path: Path
) -> None:
    pairs = data.draw(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=4))
    records = [{"prompt": asked, "completion": answer} for asked, answer in pairs]
    path = separated(tmp_path / "rows.csv", SEPARATORS[separator], records, quoting)
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


# --- conversations ---------------------------------------------------------------------------------

SAYS = {"chat": ("role", "content"), "sharegpt": ("from", "value")}
NAMES = {"user": ["user", "human"], "assistant": ["assistant", "gpt"], "system": ["system", "developer"]}


def talk(form: str, user: str = "user", assistant: str = "assistant") -> list[dict[str, Any]]:
    who, what = SAYS[form]
    return [{who: user, what: TALK[0][1]}, {who: assistant, what: TALK[1][1]}]


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
    assert turns(row) == TALK


@pytest.mark.parametrize("kept", [list, by_column], ids=["list of mappings", "mapping of lists"])
def test_prompt_and_completion_are_read_in_both_ways_of_keeping_messages(
    kept: Callable[[Any], Any], tmp_path: Path
) -> None:
    first, last = ([turn] for turn in talk("chat"))
    (row,) = opened(
        parquet(tmp_path / "rows.parquet", [{"prompt": kept(first), "completion": kept(last)}])
    ).rows
    assert turns(row) == TALK


@pytest.mark.parametrize(("said", "role"), ROLES.items())
def test_every_name_of_an_author_is_one_of_three(said: str, role: str, tmp_path: Path) -> None:
    messages = [{"from": said, "value": "So."}, *talk("sharegpt", "human", "gpt")]
    (row,) = opened(json_lines(tmp_path / "rows.jsonl", [{"conversations": messages}])).rows
    assert turns(row) == [(role, "So."), *TALK]


def test_a_conversation_in_another_column_is_recognised_by_what_it_holds(tmp_path: Path) -> None:
    for form in SAYS:
        path = json_lines(tmp_path / f"{form}.jsonl", [{"id": 1, "completion_list": talk(form)}])
        assert refusal(path).endswith("did you mean messages=completion_list?")
        assert turns(opened(path, {"messages": "completion_list"}).rows[0]) == TALK


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
    parts = [{"type": "text", "text": "Who repairs "}, {"type": "text", "text": "the roof?"}]
    messages = [{"role": "user", "content": parts}, talk("chat")[1]]
    (row,) = opened(json_lines(tmp_path / "rows.jsonl", [{"messages": messages}])).rows
    assert turns(row) == TALK
    parts[0] = {"type": "image_url", "text": "x"}
    path = json_lines(tmp_path / "seen.jsonl", [{"messages": messages}])
    assert "field messages.0.content: expected text (found [" in refusal(path)


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


# --- packed files, and files of another kind -------------------------------------------------------

PLAIN: Mapping[str, bytes] = {
    "rows.jsonl": lines(WHO, WHAT).encode(),
    "rows.json": json.dumps([WHO, WHAT], indent=1).encode(),
    "rows.csv": b"prompt;completion\nWho?;The roofer.\nWhat?;A bridge.\n",
    "rows.tsv": b"prompt\tcompletion\nWho?\tThe roofer.\nWhat?\tA bridge.\n",
}


@pytest.mark.parametrize("ending", [".gz", ".GZ", ""])
@pytest.mark.parametrize("name", PLAIN)
def test_text_packed_with_gzip_is_read(name: str, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}{ending}"
    path.write_bytes(gzip.compress(PLAIN[name]))
    assert answers(path) == ["The roofer.", "A bridge."]


def test_half_a_packed_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(gzip.compress(lines(*[{**WHO, "seed": n} for n in range(500)]).encode())[:-40])
    assert refusal(path).startswith(f"{path}: not valid gzip (")


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.json", "rows.csv", "rows.tsv"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (POINTER, "this is a pointer of Git LFS, not the data; fetch them with git lfs pull"),
        (b"\x28\xb5\x2f\xfd packed", "this is packed with zstd; expected it unpacked or packed with gzip"),
        (bz2.compress(b"a"), "this is packed with bzip2; expected it unpacked or packed with gzip"),
        (lzma.compress(b"a"), "this is packed with xz; expected it unpacked or packed with gzip"),
        (b"PK\x03\x04 sheet", "this is a ZIP archive or a spreadsheet; expected text, plain or packed"),
        (b"PAR1 table", "this is a Parquet file; expected its name to end in .parquet"),
    ],
    ids=["lfs", "zstd", "bzip2", "xz", "zip", "parquet"],
)
def test_a_file_of_another_kind_is_called_by_its_name(
    content: bytes, told: str, name: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    assert refusal(tmp_path / name).startswith(f"{tmp_path / name}: {told}")


def test_a_pointer_in_the_place_of_a_table_is_told(tmp_path: Path) -> None:
    (tmp_path / "rows.parquet").write_bytes(POINTER)
    assert refusal(tmp_path / "rows.parquet").endswith("fetch them with git lfs pull")


@pytest.mark.parametrize("ending", [".zst", ".bz2", ".xz", ".zip"])
def test_a_packed_name_that_is_not_read_is_refused(ending: str, tmp_path: Path) -> None:
    (tmp_path / f"rows.jsonl{ending}").write_bytes(b"x")
    assert ": packed; expected it unpacked or packed with gzip (.gz)" in refusal(
        tmp_path / f"rows.jsonl{ending}"
    )


# --- folders ---------------------------------------------------------------------------------------


def written(path: Path, group: str) -> None:
    """One row in the format that a name ends in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    record = {**WHO, "group": group}
    if path.suffix == ".parquet":
        parquet(path, [record])
    elif path.suffix == ".csv":
        path.write_text(f"prompt;completion;group\na;b;{group}\n", encoding="utf-8")
    elif path.suffix == ".gz":
        path.write_bytes(gzip.compress(lines(record).encode()))
    else:
        path.write_text(lines(record), encoding="utf-8")


def groups(text: Path | str) -> list[str | None]:
    return [row.group for row in opened(text).rows]


LAYOUTS = {
    "one shard": ["train-00000-of-00001"],
    "shards": ["train-00000-of-00002", "train-00001-of-00002"],
    "hub": ["data/train-00000-of-00002", "data/train-00001-of-00002"],
    "plain": ["train"],
    "folder a split": ["train/a", "train/b"],
    "no split in the name": ["a", "b"],
}


@pytest.mark.parametrize("ending", [".parquet", ".jsonl", ".csv", ".jsonl.gz"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_folder_of_data_files_is_read_in_their_order(layout: str, ending: str, tmp_path: Path) -> None:
    for name in LAYOUTS[layout]:
        written(tmp_path / "set" / f"{name}{ending}", name)
    assert groups(tmp_path / "set") == LAYOUTS[layout]
    assert opened(tmp_path / "set").note is None
    assert opened(tmp_path / "set").name == "set"


@pytest.mark.parametrize("ending", [".parquet", ".jsonl"])
def test_of_several_splits_train_is_read_and_the_others_are_named(ending: str, tmp_path: Path) -> None:
    for split in ("train", "test", "validation"):
        written(tmp_path / "set" / "data" / f"{split}-00000-of-00001{ending}", split)
    found = opened(tmp_path / "set")
    assert [row.group for row in found.rows] == ["train"]
    assert found.note is not None
    assert found.note.startswith(f"{tmp_path}/set: reading the split train, not ")
    assert "test" in found.note
    assert "validation" in found.note
    for split in ("test", "validation", "train"):
        named = opened(f"{tmp_path}/set:{split}")
        assert ([row.group for row in named.rows], named.note) == ([split], None)
        assert named.name == f"set:{split}"
    assert "no split dev; the splits are train, " in refusal(f"{tmp_path}/set:dev")


def test_of_several_saved_splits_the_others_are_named_too(tmp_path: Path) -> None:
    table = datasets.Dataset.from_list([WHO])
    datasets.DatasetDict({"train": table, "test": table}).save_to_disk(tmp_path / "set")
    assert opened(tmp_path / "set").note == (
        f"{tmp_path}/set: reading the split train, not test ({tmp_path}/set:test reads that)"
    )
    assert opened(f"{tmp_path}/set:train").note is None


def test_configurations_of_a_folder_are_named_as_on_the_hub(tmp_path: Path) -> None:
    configs = {"old": "o.jsonl", "new": "n.jsonl"}
    for name in configs.values():
        written(tmp_path / "set" / name, name)
    listed = "".join(f"- config_name: {config}\n  data_files: {name}\n" for config, name in configs.items())
    card = f"---\nconfigs:\n{listed}---\n"
    (tmp_path / "set" / "README.md").write_text(card, encoding="utf-8")
    assert "['old', 'new']" in refusal(tmp_path / "set")
    assert groups(f"{tmp_path}/set:new:train") == ["n.jsonl"]
    assert opened(f"{tmp_path}/set:old:train").name == "set:old:train"


def test_a_snapshot_in_the_hub_s_cache_is_read_through_its_links(tmp_path: Path) -> None:
    kept = tmp_path / ".cache" / "hub" / "datasets--owner--name"
    for number in range(2):
        written(kept / "blobs" / f"{number}.parquet", str(number))
        (kept / "blobs" / f"{number}.parquet").rename(kept / "blobs" / f"{number:040x}")
        link = kept / "snapshots" / "abc" / "data" / f"train-{number:05d}-of-00002.parquet"
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(Path("../../../blobs") / f"{number:040x}")
    assert groups(kept / "snapshots" / "abc") == ["0", "1"]
    assert groups(kept / "snapshots" / "abc" / "data") == ["0", "1"]
    assert refusal(kept) == (
        f"{kept}: a folder of the hub's cache; expected one of its snapshots: {kept}/snapshots/abc"
    )


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_table_that_lacks_a_part_is_refused(gone: int, tmp_path: Path) -> None:
    for number in {0, 1, 2} - {gone}:
        written(tmp_path / "set" / f"train-{number:05d}-of-00003.parquet", str(number))
    assert refusal(tmp_path / "set") == (
        f"{tmp_path}/set: train-{gone:05d}-of-00003.parquet is missing; expected all parts of the split train"
    )


def test_one_part_of_a_table_is_read_as_one_part(tmp_path: Path) -> None:
    written(tmp_path / "train-00001-of-00003.parquet", "1")
    found = opened(tmp_path / "train-00001-of-00003.parquet")
    assert len(found.rows) == 1
    assert found.note is not None
    assert found.note.endswith("this is part 2 of 3 of a data set; name the folder to read all of it")


def test_data_files_that_are_not_read_are_named(tmp_path: Path) -> None:
    written(tmp_path / "set" / "train.parquet", "train")
    written(tmp_path / "set" / "notes.csv", "notes")
    found = opened(tmp_path / "set")
    assert [row.group for row in found.rows] == ["train"]
    assert found.note == f"{tmp_path}/set: reading train.parquet, not notes.csv"


@pytest.mark.parametrize("ending", [".parquet", ".jsonl"])
def test_a_wrong_row_of_a_folder_is_told_with_its_file(ending: str, tmp_path: Path) -> None:
    written(tmp_path / "set" / f"train-00000-of-00002{ending}", "a")
    bad = tmp_path / "set" / f"train-00001-of-00002{ending}"
    TYPED["rows.parquet" if ending == ".parquet" else "rows.jsonl"](bad, [WHAT, {**WHO, "completion": ""}])
    assert refusal(tmp_path / "set") == f"{bad}: row 2: field completion: is empty; expected text"


def test_a_folder_of_other_files_is_refused_by_the_first(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "story.txt").write_text("Once.", encoding="utf-8")
    assert refusal(tmp_path / "set").startswith(f"{tmp_path}/set/story.txt: expected a file ending in .jsonl")


def test_a_label_of_a_saved_folder_and_of_its_files_is_the_same(tmp_path: Path) -> None:
    types = datasets.Features(
        {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["mild", "rude"])}
    )
    table = datasets.Dataset.from_dict({"text": ["a", "b"], "label": [1, 0]}, features=types)
    table.save_to_disk(tmp_path / "saved")
    (tmp_path / "files").mkdir()
    table.to_parquet(tmp_path / "files" / "train-00000-of-00001.parquet")
    assert answers(tmp_path / "saved") == answers(tmp_path / "files") == ["rude", "mild"]


def test_reading_a_folder_leaves_nothing_in_it(tmp_path: Path) -> None:
    written(tmp_path / "set" / "train-00000-of-00001.parquet", "a")
    opened(tmp_path / "set")
    assert [path.name for path in (tmp_path / "set").rglob("*")] == ["train-00000-of-00001.parquet"]
