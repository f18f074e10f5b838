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
from bias_inherit.harness.results import ScoredModel, read_output, visible
from bias_inherit.harness.results import results_file as results_module
from bias_inherit.harness.results import samples_file as samples_module
from bias_inherit.kit.errors import UsageError

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


def test_of_several_results_the_newest_of_each_task_is_read_and_each_line_names_its_file(
    folder: Path,
) -> None:
    newer = reader([0.5] * 4, 2)
    write_run(folder / "b", newer, date="2026-02-02T03-04-05", versions={HATE: 1.1})
    model, lines = told(folder)
    assert model.samples == {**BOTH.samples, **newer.samples}
    assert model.results["versions"] == {OCCUPATION: 1.0, HATE: 1.1}
    assert lines == [
        f"results_{DATE}.json: newer results of 1 of these 2 tasks lie in "
        "b/results_2026-02-02T03-04-05.json; the newer are shown",
        f"{folder}: 2 results files; read: {HATE} of b/results_2026-02-02T03-04-05.json, {OCCUPATION} of "
        f"results_{DATE}.json",
    ]


def test_what_one_file_does_not_record_of_the_model_makes_no_other_model_of_it(folder: Path) -> None:
    without = {"config": {"model": "hf", "model_args": {"pretrained": "house/model"}}}
    write_run(folder / "b", ONE, date="2026-02-02T03-04-05", **without)
    assert set(told(folder)[0].samples) == {HATE, OCCUPATION}


def test_a_newer_file_without_samples_is_told_and_the_older_samples_are_read(folder: Path) -> None:
    write_run(folder / "a", ONE, date="2026-03-02T03-04-05", with_samples=False)
    model, lines = told(folder)
    assert model.samples == BOTH.samples
    assert lines[0] == (
        f"a/results_2026-03-02T03-04-05.json: {HATE} without samples; lm_eval writes them with --log_samples"
    )


def test_the_broken_samples_of_the_newest_file_are_told_and_the_older_ones_read(folder: Path) -> None:
    write_run(folder / "a", reader([0.5] * 4, 2), date="2026-03-02T03-04-05")
    samples_file(folder / "a", HATE, "2026-03-02T03-04-05").write_text("broken", encoding="utf-8")
    model, lines = told(folder)
    assert model.samples == BOTH.samples
    assert "not valid JSON" in lines[0]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"model_name": "house/other"}, "of house/other, and left out; b/{} is newer and of house/model"),
        (
            {"config": {"model_args": {"pretrained": "house/model", "lora_local_path": "loras/one"}}},
            "of house/model + loras/one, and left out; b/{} is newer and of house/model",
        ),
        (
            {"system_instruction_sha": "2e"},
            "not scored as b/{}, which is newer, and left out: system instruction none against 2e",
        ),
    ],
)
def test_what_does_not_belong_to_the_newest_file_is_never_mixed_in(
    tmp_path: Path, changes: dict[str, Any], line: str
) -> None:
    write_run(tmp_path / "a", BOTH, date="2026-01-01T00-00-00", **changes)
    write_run(tmp_path / "b", ONE, date="2026-02-02T00-00-00")
    model, lines = told(tmp_path)
    assert list(model.samples) == [HATE]
    assert (
        lines[0] == f"a/results_2026-01-01T00-00-00.json: {line.format('results_2026-02-02T00-00-00.json')}"
    )


def asked(prompt: str, request: object) -> dict[str, object]:
    return {"doc": {"prompt": prompt}, "arguments": {"gen_args_0": {"arg_0": request, "arg_1": " yes"}}}


PROMPT = 'Text: "Nós" \\ 我们\n\nIs it one?\nAnswer:'


@pytest.mark.parametrize(
    "request_of",
    [
        lambda prompt: prompt,
        lambda prompt: f"An example.\n\n{prompt}",
        lambda prompt: f"<|im_start|>user\n{prompt}<|im_end|>",
        lambda prompt: [json.dumps([{"role": "user", "content": prompt}], ensure_ascii=False)],
        lambda prompt: "\n".join(line.strip() for line in prompt.splitlines()),
    ],
    ids=["as it is", "after examples", "in a template", "to a chat API", "trimmed"],
)
def test_a_document_must_have_been_asked_its_own_prompt(
    folder: Path, request_of: Callable[[str], object]
) -> None:
    prompts = [f"{number}. {PROMPT}" for number in range(len(ONE.samples[HATE]))]

    def write(of: Callable[[int], int]) -> None:
        rows = [
            row(place, sample) | asked(prompts[place], request_of(prompts[of(place)]))
            for place, sample in enumerate(ONE.samples[HATE])
        ]
        lines = [json.dumps(fields, ensure_ascii=False) for fields in rows]
        samples_file(folder, HATE).write_text("\n".join(lines), encoding="utf-8")

    write(lambda place: place)
    assert told(folder)[1] == []
    write(lambda place: max(place - 1, 0))
    model, (line,) = told(folder)
    assert list(model.samples) == [OCCUPATION]
    assert HATE not in model.results["results"]
    assert "row 2: the request is not this document's" in line
    assert "score it again without --cache_requests; the task is left out" in line


@pytest.mark.parametrize(
    "entry",
    [{"alias": HATE, "sample_len": 0}, {"alias": HATE, "bypass,none": 999, "bypass_stderr,none": "N/A"}],
)
def test_answers_without_scores_are_told_with_the_remedy(folder: Path, entry: dict[str, object]) -> None:
    def predicted_only(content: dict[str, Any]) -> None:
        content["results"][HATE] = entry
        content["n-samples"][HATE]["effective"] = 0 if entry["sample_len"] == 0 else 192

    entry = {"sample_len": 192, **entry}
    change_results(folder, predicted_only)
    model, (line,) = told(folder)
    assert list(model.samples) == [OCCUPATION]
    assert line.endswith(
        f"{HATE} with answers and no scores, as --predict_only leaves them; run lm_eval again without it"
    )


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
        (b'{"results": {}, "configs": ' + b'{"a": ' * 300 + b"{}" + b"}" * 301, "nested too deeply"),
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
    assert any("a link that leads out of" in line and "Copy the file there" in line for line in lines)


def test_a_link_of_the_hub_s_cache_is_told_with_the_remedy(folder: Path, tmp_path: Path) -> None:
    snapshot, blobs = tmp_path / "hub" / "snapshots" / "1f", tmp_path / "hub" / "blobs"
    snapshot.mkdir(parents=True)
    blobs.mkdir()
    for number, file in enumerate(folder.iterdir()):
        (blobs / str(number)).write_bytes(file.read_bytes())
        (snapshot / file.name).symlink_to(f"../../blobs/{number}")
    lines: list[str] = []
    with pytest.raises(UsageError, match="no usable samples"):
        read_output(snapshot, lines.append)
    assert "download with hf download --local-dir DIR, and name DIR" in lines[0]
    # The links of the whole cache lead nowhere else.
    assert read_output(tmp_path / "hub").samples == BOTH.samples


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


def test_words_that_rows_share_are_held_once(folder: Path) -> None:
    """In a file of half a million documents they would be most of what is held."""
    records = [sample.record for sample in read_output(folder).samples[HATE]]
    for field in ("group", "gold", "outcome", "stratum"):
        values = [getattr(record, field) for record in records]
        assert len({id(value) for value in values}) == len(set(values)) < len(values)
