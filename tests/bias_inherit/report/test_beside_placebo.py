"""The report beside the placebo: what is shown of it, and that it is tested nowhere."""

import csv
import json
import re
from pathlib import Path

import pytest
from simulated_run import simulated_run

from bias_inherit.compare.placebo import beside_placebo
from bias_inherit.compare.wording import p_of_k, times
from bias_inherit.engine.artifact_files import HARNESS_OUTPUT
from bias_inherit.engine.experiment_record import Recorded
from bias_inherit.harness.results import read_output
from bias_inherit.report.build import build_report
from bias_inherit.report.gather import ReportData
from bias_inherit.report.summary import summary

PROBE, PLACEBO = "bias_probe_hate", "bias_placebo_hate"
OLD, WRITTEN = "bias_inherit_occupation", "bias_inherit_salary"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """A task with its placebo, one that was not read finely, and one that is written."""
    tasks = [PROBE, PLACEBO, OLD, WRITTEN]
    return simulated_run(tmp_path_factory.mktemp("placebo") / "run", score={"tasks": tasks})


@pytest.fixture(scope="module")
def data(study: Recorded) -> ReportData:
    return build_report(*study)


@pytest.fixture(scope="module")
def page(study: Recorded, data: ReportData) -> str:
    return (study.store.root / "report" / "index.html").read_text(encoding="utf-8")


def test_every_model_stands_beside_its_placebo(study: Recorded, data: ReportData) -> None:
    assert list(data.placebo.tasks) == [PROBE]
    rows = data.placebo.tasks[PROBE]
    assert list(rows) == [model.label for model in study.plan.models]
    for model in study.plan.models:
        scored = read_output(study.store.artifact(model.score) / HARNESS_OUTPUT)
        assert rows[model.label].other == beside_placebo(scored).ratios[PROBE]


def test_a_change_is_told_in_units_of_what_the_placebo_moves_the_reference(data: ReportData) -> None:
    rows = data.placebo.tasks[PROBE]
    (result,) = (result for result in data.tasks if result.task.harness_name == PROBE)
    lean = {cell.model: cell.differences.get("lean") for cell in result.cells}
    reference = next(row.other for row in rows.values() if row.other)
    for label, row in rows.items():
        if difference := lean[label]:
            assert row.change == pytest.approx(difference.delta / reference.placebo)
        else:
            assert row.change != row.change


def test_a_placebo_is_in_no_table_of_tasks_and_no_family(data: ReportData) -> None:
    assert PLACEBO not in {result.task.harness_name for result in data.tasks}
    assert all(PLACEBO not in on_tasks for on_tasks in data.tests.study.values())
    assert not any(PLACEBO in one.slopes for one in data.tests.doses)
    assert not any(count.task == PLACEBO for found in data.flips for count in found.counts)


def test_the_first_sentences_say_how_large_it_is_beside_the_placebo(data: ReportData) -> None:
    label = data.tests.doses[0].arm.models[-1].label
    row = data.placebo.tasks[PROBE][label]
    (told,) = (sentence for sentence in summary(data) if "Beside a placebo" in sentence)
    assert f"groups move “{label}” {times(row.other)} times as much on hate (p {p_of_k(row.other)})" in told
    (moved,) = (sentence for sentence in summary(data) if sentence.startswith("hate: "))
    assert re.search(r"hate: .* toward “[^”]*”, 0\.35 times what the placebo moves γ = 0", moved)
    assert f"{row.change:.2f}" == "0.35"


def test_the_page_has_a_section_with_k(data: ReportData, page: str) -> None:
    assert "Do groups move a model more than wording does?" in page
    for row in data.placebo.tasks[PROBE].values():
        assert f"<td>{times(row.other)}</td>" in page


def test_one_line_says_why_graded_measures_are_empty(page: str) -> None:
    assert page.count("bias_inherit_occupation without log-likelihoods of all choices") == 1


def test_numbers_and_table_are_written(study: Recorded, data: ReportData) -> None:
    folder = study.store.root / "report"
    numbers = json.loads((folder / "report.json").read_text(encoding="utf-8"))["placebo"][PROBE]
    with (folder / "tables" / "placebo.csv").open(encoding="utf-8") as file:
        rows = {row["model"]: row for row in csv.DictReader(file)}
    for label, row in data.placebo.tasks[PROBE].items():
        assert row.other
        assert numbers[label]["k_other"] == row.other.ratio
        assert float(rows[label]["k_other"]) == row.other.ratio


def test_a_study_without_placebos_is_told_how_to_have_them(tmp_path: Path) -> None:
    run = simulated_run(tmp_path / "run", score={"tasks": [PROBE]})
    data = build_report(*run)
    assert data.placebo.tasks == {}
    assert not any("placebo" in sentence for sentence in summary(data))
    page = (run.store.root / "report" / "index.html").read_text(encoding="utf-8")
    assert page.count("Score --tasks bias_placebo_hate too") == 1
    assert not (run.store.root / "report" / "tables" / "placebo.csv").exists()
