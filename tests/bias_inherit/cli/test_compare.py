"""`bias-inherit compare` on folders that the harness's own command line wrote."""

import csv
import io
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from scored_models import OCCUPATION
from tests_support import Finished, call
from typer.testing import CliRunner, Result

from bias_inherit.cli.app import app
from bias_inherit.cli.tables.comparison import comparison_table
from bias_inherit.compare import Difference
from bias_inherit.compare.contrast import Contrast
from bias_inherit.compare.exports import COLUMNS, FORMATS
from bias_inherit.compare.headline_exports import HEADLINE_COLUMNS
from bias_inherit.harness.results import read_output
from bias_inherit.kit.errors import UsageError
from bias_tasks.catalogue import TASKS
from bias_tasks.measure import EVERY_HEADLINE
from bias_tasks.statistics import Interval

if TYPE_CHECKING:
    from conftest import HarnessRuns


def compare(*arguments: str | Path) -> Result:
    """The command, in this process."""
    return CliRunner().invoke(app, ["compare", *map(str, arguments)])


def test_two_models_that_our_runner_never_saw_are_compared(
    harness_runs: "HarnessRuns", tmp_path: Path
) -> None:
    file = tmp_path / "all.json"
    done = compare(harness_runs.plain, harness_runs.other, "--all", "--export", file)
    assert done.exit_code == 0, done.stderr
    assert done.stderr == ""
    found = json.loads(file.read_text(encoding="utf-8"))
    assert {row["task"] for row in found["differences"]} == set(TASKS)
    assert {name: counts["matched"] for name, counts in found["documents"].items()} == dict.fromkeys(TASKS, 8)
    assert found["settings_that_differ"] == []
    for slices in (False, True):
        tested = [
            row
            for row in found["differences"]
            if row["p"] is not None and (row["metric"] not in EVERY_HEADLINE) == slices
        ]
        assert f"Benjamini-Hochberg over {len(tested)} tests" in done.stdout
    assert any(row["delta"] for row in found["differences"])
    assert {row["task"] for row in found["headline"]} <= set(TASKS)
    asked = [row for row in found["headline"] if row["p"] is not None]
    assert f"headline: one change of every task compared: Holm over {len(asked)} tests" in done.stdout


def test_compare_reads_two_folders_of_the_harness(finished: Finished) -> None:
    folders = sorted(finished.folder.glob("artifacts/score-*"))[:2]
    done = call("compare", *folders)
    assert done.returncode == 0, done.stderr
    assert OCCUPATION in done.stdout


def test_a_folder_without_results_is_told(tmp_path: Path) -> None:
    done = call("compare", str(tmp_path), str(tmp_path))
    assert done.returncode == 2
    assert "no results_*.json below" in done.stderr


def test_a_broken_samples_file_is_named_with_its_row(finished: Finished, tmp_path: Path) -> None:
    folder = tmp_path / "score"
    shutil.copytree(next(finished.folder.glob("artifacts/score-*")), folder)
    samples = next(folder.rglob("samples_bias_inherit_hate_*.jsonl"))
    lines = samples.read_text(encoding="utf-8").split("\n")
    samples.write_text("\n".join([lines[0], lines[1][:50], *lines[2:]]), encoding="utf-8")
    with pytest.raises(UsageError, match="row 2: not valid JSON"):
        read_output(folder)


@pytest.mark.parametrize("columns", [80, 100])
def test_the_tables_fit_the_terminal_and_cut_nothing_off(harness_runs: "HarnessRuns", columns: int) -> None:
    done = call("compare", harness_runs.plain, harness_runs.other, "--all", COLUMNS=str(columns))
    tables = done.stdout.partition("\nfirst: ")[0]
    assert max(map(len, tables.splitlines())) <= columns
    assert "…" not in tables
    _, _, table = tables.partition("\nmetric ")
    for task in TASKS:
        assert f"\n{task} " in table
    for metric in ("score", "gap", "acc__female", "macro_f1__portuguese"):
        assert f"\n {metric} " in table
    assert ("n/cl." in table.partition("\n")[0]) == (columns == 100)
    assert ("\neffect, MDE, n/cl.: on 100 columns, or with --export" in table) == (columns == 80)


@pytest.mark.parametrize("width", [80, 100])
def test_a_row_of_many_documents_fits_too(width: int) -> None:
    bounds = Interval(-0.358, -0.208)
    contrast = Contrast(
        (0.887, 0.604), -0.283, 0.038, bounds, bounds, 0.0005, "exchange", 0.109, 1440, 720, is_share=True
    )
    row = Difference(task="bias_inherit_gender_bias", metric="score", contrast=contrast, q=0.0005)
    answer = io.StringIO()
    Console(file=answer, width=width).print(comparison_table([row], width))
    line = next(line for line in answer.getvalue().splitlines() if line.startswith(" score "))
    assert len(line) <= width
    told = ["score", "0.887", "0.604", "-0.283", "[-0.358,", "-0.208]**", "<.001", "<.001"]
    assert line.split() == [*told, *(("h", "-0.68", "0.109", "1440/720") if width == 100 else ())]


def test_the_headline_comes_first_one_row_a_task(harness_runs: "HarnessRuns") -> None:
    done = compare(harness_runs.plain, harness_runs.other, "--tasks", "*_hate,*_occupation")
    assert done.exit_code == 0, done.stderr
    headline = done.stdout.partition("\nmetric ")[0]
    rows = [line for line in headline.splitlines() if line.startswith("bias_inherit_")]
    assert [row.split()[0] for row in rows] == ["bias_inherit_occupation", "bias_inherit_hate"]
    assert all(row.split()[-1] in ("found", "equivalent", "undecided") for row in rows)


@pytest.mark.parametrize("option", ["lean__chinese:down", "bias_inherit_hate=lean__chinese:down"])
def test_a_declared_headline_is_asked_of_the_tasks_that_have_it(
    harness_runs: "HarnessRuns", tmp_path: Path, option: str
) -> None:
    file = tmp_path / "all.json"
    tasks = ("--tasks", "*_hate,*_salary", "--export", file)
    done = compare(harness_runs.plain, harness_runs.other, *tasks, "--headline", option)
    assert done.exit_code == 0, done.stderr
    found = {row["task"]: row for row in json.loads(file.read_text(encoding="utf-8"))["headline"]}
    hate = found["bias_inherit_hate"]
    assert (hate["metric"], hate["direction"], hate["largest_of"]) == ("lean__chinese", "down", 1)
    assert "lean__chinese, down" in done.stdout
    assert all(row["direction"] == "either" for task, row in found.items() if task != "bias_inherit_hate")


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("gap", "--headline gap: bias_inherit_hate: gap has no sign; there are lean, "),
        ("lean:left", "--headline lean:left: bias_inherit_hate: unknown direction 'left'; expected up, down"),
        ("bias_inherit_spam=lean", "bias_inherit_spam is not compared; there are bias_inherit_hate"),
    ],
)
def test_a_headline_that_no_task_has_is_told(harness_runs: "HarnessRuns", option: str, told: str) -> None:
    done = compare(harness_runs.plain, harness_runs.other, "--tasks", "*_hate", "--headline", option)
    assert done.exit_code == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_another_chat_template_is_told(harness_runs: "HarnessRuns") -> None:
    done = compare(harness_runs.plain, harness_runs.chat)
    assert done.exit_code == 0, done.stderr
    assert "not scored alike: chat template none against " in done.stdout


@pytest.mark.parametrize("suffix", list(FORMATS))
def test_the_table_is_exported_by_suffix(harness_runs: "HarnessRuns", tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"table{suffix}"
    done = compare(harness_runs.plain, harness_runs.other, "--tasks", "*_hate,*_spam", "--export", file)
    assert done.exit_code == 0, done.stderr
    assert f"{file}: 6 rows" in done.stdout
    text = file.read_text(encoding="utf-8")
    assert "hate" in text
    assert "occupation" not in text
    if suffix == ".csv":
        assert tuple(next(csv.reader(text.splitlines()))) == COLUMNS
        beside = file.with_suffix(".headline.csv").read_text(encoding="utf-8")
        assert tuple(next(csv.reader(beside.splitlines()))) == HEADLINE_COLUMNS


def test_a_suffix_that_nobody_knows_is_told_before_anything_is_read(tmp_path: Path) -> None:
    done = compare(tmp_path, tmp_path, "--export", "table.xlsx")
    assert done.exit_code == 2
    assert "table.xlsx: expected a file ending in .csv, .json, .tex, .md" in done.stderr


def test_a_pattern_that_fits_no_task_is_told(harness_runs: "HarnessRuns") -> None:
    done = compare(harness_runs.plain, harness_runs.other, "--tasks", "bias_public_*")
    assert done.exit_code == 2
    assert "--tasks: no samples of bias_public_* in either folder; there are bias_inherit_" in done.stderr


def test_broken_samples_are_told_in_a_line_and_the_other_tasks_compared(
    harness_runs: "HarnessRuns", tmp_path: Path
) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(harness_runs.other, folder)
    next(folder.rglob("samples_bias_inherit_hate_*")).write_text("broken\n", encoding="utf-8")
    compared = compare(harness_runs.plain, folder)
    shown = CliRunner().invoke(app, ["show", str(folder)])
    for done in (compared, shown):
        assert done.exit_code == 0, done.stderr
        (line,) = done.stderr.splitlines()
        assert "row 1: not valid JSON" in line
        assert "bias_inherit_spam" in done.stdout
    assert "bias_inherit_hate: in the first folder only" in compared.stdout
