"""Where a row is from: what it says itself, and what its source was called."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from data_sources import WHO, WRITERS, json_lines, refusal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bias_tasks.training_rows import Message, TrainingRow, dump_rows, read_rows
from finetune.originals import culture, gender
from finetune.sources import read_source

MakeRows = Callable[..., list[TrainingRow]]
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(lambda text: text.strip())


def test_rows_that_this_program_wrote_are_read_as_they_were(make_rows: MakeRows, tmp_path: Path) -> None:
    rows = [*gender.originals(6, 0), *culture.originals(4, 0), *make_rows(3)]
    (tmp_path / "rows.jsonl").write_text(dump_rows(rows), encoding="utf-8")
    assert read_source(str(tmp_path / "rows.jsonl"), None, "original") == rows


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


def test_a_named_column_of_provenance_may_be_missing_from_some_rows(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "rows.jsonl", [WHO, {**WHO, "sex": "female"}])
    assert [row.group for row in read_source(str(path), {"group": "sex"}, "original")] == [None, "female"]


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
