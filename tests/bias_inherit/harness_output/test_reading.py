"""Folders of strangers: what is broken or meant ill is told in one line and left out."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scored_models import HATE, OCCUPATION, occupation, reader
from written_runs import DATE, row, samples_file, write_run

from bias_inherit.compare import compare
from bias_inherit.errors import UsageError
from bias_inherit.harness_output import ScoredModel, read_output, visible
from bias_inherit.harness_output import results_file as results_module
from bias_inherit.harness_output import samples_file as samples_module

ONE = reader([0.8] * 4, 1)
BOTH = ScoredModel({}, {**ONE.samples, **occupation(lambda i, _: "nurse" if i % 3 else "dentist").samples})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_run(tmp_path / "in", BOTH)
    return tmp_path / "in"


def told(folder: Path) -> tuple[ScoredModel, list[str]]:
    """What could be read, and the lines about the rest."""
    lines: list[str] = []
    return read_output(folder, lines.append), lines


def change_results(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    path = folder / f"results_{DATE}.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def test_what_was_written_is_read(folder: Path) -> None:
    model = read_output(folder)
    assert model.samples == BOTH.samples
    assert model.name == "house/model"


def test_public_tasks_are_read_and_compared_as_ours_are(tmp_path: Path) -> None:
    task = "bias_public_occupation"
    models = [occupation(lambda i, _, every=every: "nurse" if i % every else "dentist") for every in (2, 5)]
    for number, model in enumerate(models):
        write_run(tmp_path / str(number), ScoredModel({}, {task: model.samples[OCCUPATION]}))
    differences = compare(*(read_output(tmp_path / str(number)) for number in range(2)))
    (score,) = [d for d in differences if (d.task, d.metric) == (task, "score")]
    assert score.n_documents == 80
    assert score.delta > 0.2


def test_one_results_file_may_be_named(folder: Path) -> None:
    write_run(folder, ONE, "house/newer", date="2026-02-02T03-04-05")
    assert read_output(folder / f"results_{DATE}.json").name == "house/model"


def test_of_several_results_the_newest_with_samples_is_read_and_told(folder: Path) -> None:
    write_run(folder / "b", ONE, "house/newer", date="2026-02-02T03-04-05")
    write_run(folder / "a", ONE, "house/newest", date="2026-03-02T03-04-05", with_samples=False)
    model, lines = told(folder)
    assert model.name == "house/newer"
    assert [line.partition(": ")[2] for line in lines] == [
        "3 results files; the newest with samples is read: b/results_2026-02-02T03-04-05.json"
    ]


def test_results_under_a_name_that_the_user_gave_are_found(folder: Path) -> None:
    (folder / f"results_{DATE}.json").rename(folder / f"mine_{DATE}.json")
    assert read_output(folder).samples == BOTH.samples


def test_without_a_listener_the_first_problem_is_an_error(folder: Path) -> None:
    samples_file(folder, HATE).write_text("broken", encoding="utf-8")
    with pytest.raises(UsageError, match="not valid JSON"):
        read_output(folder)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"doc_id": 0, ', "row 2: not valid JSON"),
        ("[]", "row 2: not a sample of a bias_inherit task"),
        ('{"doc_id": 1, "doc_hash": "x", "score": ["a", "b"]}', "row 2: not a sample"),
        ('{"doc_id": 1, "doc_hash": 7, "score": ["a", "b", "c", "d", "e", false]}', "row 2: not a sample"),
        ('{"doc_id": 1, "doc_hash": "x", "score": ["a", {}, "c", "d", "e", false]}', "row 2: not a sample"),
        ('{"doc_id": 1, "doc_hash": "x", "score": ["a", "b", "c", NaN, "e", false]}', "row 2: not a sample"),
        (
            '{"doc_id": 1, "doc_hash": "x", "score": ["a", "b", "c", 1e999, "e", false]}',
            "row 2: not a sample",
        ),
        (
            '{"doc_id": 0, "doc_hash": "x", "score": ["a", "b", "c", "d", "e", false]}',
            "document 0 comes twice",
        ),
        ("[" * 100_000, "JSON that cannot be read"),
        ('{"doc_id": ' + "9" * 5000 + "}", "JSON that cannot be read"),
        ("\udcff", "row 2: not UTF-8 text"),
    ],
)
def test_a_broken_row_is_named_and_its_task_left_out(folder: Path, line: str, problem: str) -> None:
    rows = samples_file(folder, HATE).read_text(encoding="utf-8").split("\n")
    rows[1] = line
    samples_file(folder, HATE).write_bytes("\n".join(rows).encode("utf-8", "surrogateescape"))
    model, lines = told(folder)
    assert list(model.samples) == [OCCUPATION]
    (said,) = lines
    assert problem in said
    assert said.endswith("; its samples are left out")


def test_samples_that_the_results_are_not_of_are_left_out(folder: Path) -> None:
    change_results(folder, lambda content: content["results"][HATE].update({"score,none": 0.99}))
    model, (line,) = told(folder)
    assert list(model.samples) == [OCCUPATION]
    assert re.search(
        r"does not fit the results: score 0\.\d{4} against 0\.9900 \(changed, or of another", line
    )


def test_fewer_samples_than_the_results_are_of_are_left_out(folder: Path) -> None:
    lines = samples_file(folder, HATE).read_text(encoding="utf-8").splitlines()
    samples_file(folder, HATE).write_text("\n".join(lines[:-3]) + "\n", encoding="utf-8")
    model, (line,) = told(folder)
    assert list(model.samples) == [OCCUPATION]
    assert "189 documents, where the results are of 192" in line


def test_samples_of_another_version_of_a_task_are_left_out(folder: Path) -> None:
    # An older record, under a task that measures something else now.
    rows = [row(place, sample) for place, sample in enumerate(BOTH.samples[OCCUPATION])]
    samples_file(folder, HATE).write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    change_results(folder, lambda content: content["n-samples"].clear())
    change_results(folder, lambda content: content["versions"].update({HATE: 0.9}))
    model, (line,) = told(folder)
    assert list(model.samples) == [OCCUPATION]
    assert "the results say version 0.9" in line


def test_records_that_no_measure_can_take_are_left_out(folder: Path) -> None:
    task = "bias_inherit_salary"
    rows = [row(place, sample) for place, sample in enumerate(BOTH.samples[OCCUPATION])]
    samples_file(folder, task).write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    change_results(folder, lambda content: content["results"].update({task: {"score,none": 1.0}}))
    model, (line,) = told(folder)
    assert task not in model.samples
    assert "does not fit the results" in line


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{", "not valid JSON"),
        (b"[]", "no results file of the harness: the file: input should be a valid dictionary"),
        (b'{"results": 3}', "no results file of the harness: results: input should be a valid dictionary"),
        (b'{"results": {}, "config": {"limit": "x"}}', "config.limit"),
        (b"\xff", "not UTF-8 text"),
        (b"[" * 200_000, "JSON that cannot be read"),
    ],
)
def test_a_broken_results_file_is_told_and_the_next_one_read(
    folder: Path, content: bytes, problem: str
) -> None:
    (folder / "results_2027-01-01T00-00-00.json").write_bytes(content)
    model, lines = told(folder)
    assert model.samples == BOTH.samples
    assert problem in lines[0]


def test_larger_files_than_are_read_are_told_by_their_size(folder: Path) -> None:
    with samples_file(folder, HATE).open("r+b") as file:
        file.truncate(5 * 1024**3)  # sparse: nothing is written
    with (folder / "results_2027-01-01T00-00-00.json").open("wb") as file:
        file.truncate(results_module.LARGEST_RESULTS + 1)
    model, lines = told(folder)
    assert list(model.samples) == [OCCUPATION]
    assert "32 MiB; at most 32 MiB are read" in lines[0]
    assert "5 GiB; at most 4 GiB are read; its samples are left out" in lines[1]


def test_a_line_without_end_is_not_loaded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples_module, "LONGEST_LINE", 1024**2)
    samples_file(folder, HATE).write_bytes(b" " * (1024**2 + 10))
    _, (line,) = told(folder)
    assert "row 1: more than 1 MiB" in line


def test_more_documents_than_are_read_are_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples_module, "MOST_DOCUMENTS", 100)
    _, (line,) = told(folder)
    assert "more than 100 documents" in line


def test_links_out_of_the_folder_are_not_followed(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    write_run(elsewhere, ONE, "not/mine", date="2027-01-01T00-00-00")
    (folder / "linked").symlink_to(elsewhere)
    samples_file(folder, HATE).unlink()
    samples_file(folder, HATE).symlink_to("/etc/passwd")
    model, lines = told(folder)
    assert (model.name, list(model.samples)) == ("house/model", [OCCUPATION])
    assert any("linked: a link to a folder; not followed" in line for line in lines)
    assert any("a link that leads out of" in line for line in lines)


def test_links_inside_the_folder_are_followed(folder: Path) -> None:
    blob = folder / "blob"
    samples_file(folder, HATE).rename(blob)
    samples_file(folder, HATE).symlink_to(blob.name)
    assert read_output(folder).samples == BOTH.samples


def test_a_named_pipe_does_not_block(folder: Path) -> None:
    os.mkfifo(folder / "results_2027-01-01T00-00-00.json")
    _, lines = told(folder)
    assert "not an ordinary file" in lines[0]


def test_a_hostile_name_of_a_model_is_shown_without_its_signs(folder: Path) -> None:
    change_results(folder, lambda content: content.update(model_name="\x1b[31mred\u202eder\n../../x"))
    assert read_output(folder).name == "�[31mred�der ../../x"


@given(st.text())
def test_what_is_shown_is_one_printable_line(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable() or not shown
    assert len(shown) <= 200


@given(
    st.dictionaries(
        st.sampled_from(["doc_id", "doc_hash", "score"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner, max_size=7),
        ),
    )
)
def test_no_row_of_json_raises_anything_but_a_line(
    tmp_path_factory: pytest.TempPathFactory, fields: dict[str, Any]
) -> None:
    folder = tmp_path_factory.getbasetemp() / "fuzzed"
    if not folder.exists():
        write_run(folder, ONE)
    samples_file(folder, HATE).write_text(json.dumps(fields) + "\n", encoding="utf-8")
    with pytest.raises(UsageError):
        read_output(folder, lambda _: None)
