"""`bias-inherit board` on real folders, broken folders, and folders that are something else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from scored_models import HATE, reader
from typer.testing import CliRunner, Result
from written_runs import samples_file, write_results, write_run

from bias_inherit.cli.app import app
from bias_tasks.catalogue import TASKS

if TYPE_CHECKING:
    from tests.bias_inherit.conftest import HarnessRuns


def board(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["board", *map(str, arguments)])


def leagues(out: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads((out / "board.json").read_text(encoding="utf-8"))["leagues"]
    return found


def test_three_folders_of_the_harness_are_two_leagues(harness_runs: HarnessRuns, tmp_path: Path) -> None:
    done = board(harness_runs.plain, harness_runs.other, harness_runs.chat, "--out", tmp_path / "board")
    assert done.exit_code == 0, done.stderr
    assert done.stderr.splitlines() == ["not ranked together: bias_inherit: chat template: no or yes"]
    plain, chat = leagues(tmp_path / "board")
    assert [len(league["models"]) for league in (plain, chat)] == [2, 1]  # type: ignore[arg-type]
    assert "no chat template · 0-shot · 8 documents of each task" in str(plain["title"])
    assert len(plain["columns"]) == 5 + len(TASKS)  # type: ignore[arg-type]


def test_the_whole_output_folder_may_be_given(harness_runs: HarnessRuns, tmp_path: Path) -> None:
    parts = board(harness_runs.plain, harness_runs.other, harness_runs.chat, "--out", tmp_path / "parts")
    whole = board(harness_runs.plain.parent, "--out", tmp_path / "whole")
    assert parts.exit_code == whole.exit_code == 0
    assert leagues(tmp_path / "parts") == leagues(tmp_path / "whole")


def test_what_is_broken_is_told_in_a_line_each_and_listed_on_the_page(tmp_path: Path) -> None:
    results, out = tmp_path / "in", tmp_path / "out"
    write_run(results / "good", reader([0.8] * 4, 1), "house/good")
    write_run(results / "again", reader([0.7] * 4, 1), "house/good", date="2025-01-01T00-00-00")
    write_run(results / "samples", reader([0.8] * 4, 2), "house/samples")
    samples_file(results / "samples", HATE).write_text("<b>broken</b>\n", encoding="utf-8")
    write_results(results / "none", "house/none", {"arc_easy": (0.5, 0.1)})
    write_results(results / "high", "house/high", {HATE: (7.0, 0.1)})
    (results / "broken").mkdir()
    (results / "broken" / "results_<img>.json").write_text("{", encoding="utf-8")
    (results / "link").symlink_to("/etc")
    done = board(results, "--out", out)
    assert done.exit_code == 0, done.stderr
    lines = done.stderr.splitlines()
    for said in (
        "link: a link to a folder; not followed",
        "results_<img>.json: not valid JSON",
        "row 1: not valid JSON (Expecting value at line 1); its samples are left out",
        "score 7 does not lie in [0, 1]; left out",
        "no results of our tasks",
        "house/good: newer results of 1 of these 1 tasks",
    ):
        assert len([line for line in lines if said in line]) >= 1, said
    assert not any(str(tmp_path) in line for line in lines)
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "results_&lt;img&gt;.json" in page
    (league,) = leagues(out)
    assert [model["name"] for model in league["models"]] == ["house/good", "house/samples"]  # type: ignore[attr-defined]


def test_a_folder_that_is_no_board_is_left_alone(tmp_path: Path) -> None:
    write_results(tmp_path / "in", "house/model", {HATE: (0.8, 0.1)})
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "index.html").write_text("precious", encoding="utf-8")
    done = board(tmp_path / "in", "--out", tmp_path / "mine")
    assert done.exit_code == 2
    assert "holds something that is no board; nothing is written" in done.stderr
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["index.html"]


def test_a_board_is_written_over_and_its_exports_are_no_results(tmp_path: Path) -> None:
    results, out = tmp_path / "in", tmp_path / "in" / "board"
    write_results(results / "a", "house/a", {HATE: (0.8, 0.1)})
    write_results(results / "b", "house/b", {HATE: (0.7, 0.1)})
    assert board(results, "--out", out).exit_code == 0
    shutil.rmtree(results / "b")
    again = board(results, "--out", out)
    assert again.exit_code == 0, again.stderr
    assert again.stderr == ""
    assert len(list((out / "models").iterdir())) == 1


def test_without_samples_the_values_are_the_same(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 2)):
        write_run(tmp_path / "in" / name, reader([0.8] * 4, seed), f"house/{name}")
    assert board(tmp_path / "in", "--out", tmp_path / "with").exit_code == 0
    assert board(tmp_path / "in", "--out", tmp_path / "without", "--no-samples").exit_code == 0
    values = [
        [[cell[0] for cell in model["gap"]] for model in leagues(tmp_path / out)[0]["models"]]  # type: ignore[attr-defined]
        for out in ("with", "without")
    ]
    assert values[0] == values[1]


def test_two_processes_read_what_one_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bias_inherit.board.reading import gather

    for seed in range(4):
        write_run(tmp_path / "in" / str(seed), reader([0.8] * 4, seed), f"house/{seed}")
    alone = gather.gather([tmp_path / "in"], tmp_path / "out", True, lambda *_: None)
    monkeypatch.setattr(gather, "FEWEST_FOR_TWO", 2)
    together = gather.gather([tmp_path / "in"], tmp_path / "out", True, lambda *_: None)
    assert [run.model for run in together.runs] == [run.model for run in alone.runs]
    assert [run.tasks[HATE].metrics for run in together.runs] == [
        run.tasks[HATE].metrics for run in alone.runs
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no results_*.json below"),
        ("{", "no results of our tasks can be used; the first problem: "),
    ],
)
def test_nothing_to_show_is_one_line(tmp_path: Path, content: str | None, said: str) -> None:
    if content:
        (tmp_path / "results_2026-01-01T00-00-00.json").write_text(content, encoding="utf-8")
    done = board(tmp_path, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert said in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = board(tmp_path / "nowhere", "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "nowhere: no such folder; expected one that lm_eval wrote" in done.stderr
