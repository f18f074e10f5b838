"""What lies beside the page: figures, the numbers behind them, tables."""

import csv
import io
import json
import math
from pathlib import Path

import pytest
from simulated_run import OCCUPATION, TASKS

from bias_inherit.engine.experiment_record import Recorded
from bias_inherit.report.gather import ReportData


@pytest.fixture(scope="module")
def folder(study: Recorded, data: ReportData) -> Path:
    return study.store.root / "report"


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_each_figure_is_there_as_svg_and_png_with_its_numbers(folder: Path) -> None:
    names = {path.stem for path in (folder / "figures").iterdir()}
    assert {
        "dose-gap",
        "dose-score",
        "heat-gap",
        "heat-headline",
        "groups",
        "equivalence",
        "training",
    } <= names
    for name in names:
        assert (folder / "figures" / f"{name}.svg").read_text(encoding="utf-8").startswith("<svg")
        assert (folder / "figures" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert rows(folder / "figures" / f"{name}.csv")


def test_the_numbers_behind_the_curve_are_those_of_the_models(folder: Path, data: ReportData) -> None:
    found = [row for row in rows(folder / "figures" / "dose-gap.csv") if row["task"] == "occupation"]
    assert [float(row["gamma"]) for row in found if row["rows"] == "type 1"] == [0, 0.1, 0.5]
    for row in found:
        estimate = data.tests.study[row["model"]][OCCUPATION].estimates["gap"]
        assert float(row["value"]) == estimate.value
        assert float(row["low_95"]) == estimate.interval.low


def test_values_of_every_model_and_metric_are_in_one_table(folder: Path, data: ReportData) -> None:
    found = rows(folder / "tables" / "values.csv")
    expected = sum(len(cell.metrics) for result in data.tasks for cell in result.cells)
    assert len(found) == expected
    assert {row["task"] for row in found} == set(TASKS)


def test_planted_controls_are_in_one_table_and_in_the_numbers(
    planted_study: Recorded, planted_data: ReportData, folder: Path
) -> None:
    own = planted_study.store.root / "report"
    found = rows(own / "tables" / "controls.csv")
    assert planted_data.controls is not None
    (task,) = planted_data.controls.trained
    asked = [(r["asked"], r["of"], r["minus"], r["seeds"]) for r in found if r["task"] == OCCUPATION]
    assert len(asked) == len(set(asked))
    by_asked = {(r["asked"], r["of"], r["minus"]): r for r in found if r["task"] == OCCUPATION}
    for dose in task.curves[0].doses[1:]:
        assert dose.over_nothing is not None
        row = by_asked["dose over rate", f"rate {dose.dose:g}", "rate 0"]
        assert float(row["delta"]) == dose.over_nothing.effect.mean
        assert float(row["p_holm"]) == dose.over_nothing.p_holm
    assert by_asked["mitigation", "mask", "rate 0"]["share_of_full_dose"] == "0.0"
    assert float(by_asked["other rows", "type 1", "rate 0"]["share_of_full_dose"]) > 0.5
    numbers = json.loads((own / "report.json").read_text(encoding="utf-8"))["controls"]
    assert len(numbers) == len(found)
    assert not (folder / "tables" / "controls.csv").exists()
    drawn = rows(own / "figures" / "controls.csv")
    assert {row["dose"] for row in drawn if row["task"] == "occupation"} == {"0.0", "0.5", "1.0"}


def test_headlines_of_every_compared_model_are_in_one_table(folder: Path, data: ReportData) -> None:
    found = rows(folder / "tables" / "headline.csv")
    compared = {model.label for model in data.models if model.gamma != 0}
    assert {(row["model"], row["task"]) for row in found} == {(m, task) for m in compared for task in TASKS}
    assert {row["verdict"] for row in found} <= {"found", "equivalent", "undecided"}
    assert {row["toward"] for row in found if row["metric"] == "lean__arabic" and row["verdict"] == "found"}


def test_the_slope_in_the_table_is_that_of_least_squares(folder: Path, data: ReportData) -> None:
    """Against NumPy's polynomial fit."""
    import numpy as np

    (found,) = [
        row
        for row in rows(folder / "tables" / "slopes.csv")
        if row["rows"] == "type 1" and row["task"] == OCCUPATION and row["metric"] == "gap"
    ]
    gaps = [
        data.tests.study[label][OCCUPATION].estimates["gap"].value
        for label in ("γ = 0", "type 1, γ = 0.1", "type 1, γ = 0.5")
    ]
    assert math.isclose(float(found["slope"]), np.polyfit([0, 0.1, 0.5], gaps, 1)[0])


def test_every_compared_model_has_its_differences_as_csv_and_latex(folder: Path, data: ReportData) -> None:
    compared = [model for model in data.models if model.gamma != 0]
    tables = sorted(path.name for path in (folder / "tables").glob("[0-9]*.csv"))
    assert len(tables) == len(compared) == len(list((folder / "tables").glob("*.tex")))
    first = rows(folder / "tables" / tables[1])
    assert {row["task"] for row in first} == set(TASKS)
    assert all(row["q"] for row in first if row["p"])
    latex = (folder / "tables" / tables[1]).with_suffix(".tex").read_text(encoding="utf-8")
    assert r"\toprule" in latex
