"""Placebos on the board: what is found with them, and that none is ranked."""

import csv
import json
from pathlib import Path

import pytest
from boards import make
from graded_models import calls_arabic_so, together, ungraded, without_placebo
from written_runs import write_results, write_run

from bias_inherit.board.findings import findings, missing
from bias_inherit.board.leagues import League, in_leagues
from bias_inherit.board.reading.gather import gather
from bias_inherit.compare.placebo import beside_placebo
from bias_inherit.harness.results import ScoredModel
from bias_inherit.kit.errors import UsageError
from bias_tasks.catalogue import FAMILIES
from bias_tasks.statistics import PlaceboRatio

HATE, PLACEBO, PROBE = "bias_inherit_hate", "bias_placebo_hate", "bias_probe_hate"
LATER = "2026-01-03T03-04-05.000006"
MODEL = calls_arabic_so(2, moved=0.5)


def leagues(folder: Path, with_samples: bool = True) -> list[League]:
    runs = gather([folder], folder / "board", with_samples, lambda *_: None).runs
    return in_leagues(runs).leagues


def only(model: ScoredModel, task: str) -> ScoredModel:
    return ScoredModel({}, {task: model.samples[task]})


def ratio(folder: Path) -> PlaceboRatio | None:
    (league,) = leagues(folder)
    (model,) = league.models
    return model.tasks[HATE].placebo


def test_placebos_make_no_league_and_no_column(tmp_path: Path) -> None:
    write_run(tmp_path, MODEL)
    (league,) = leagues(tmp_path)
    assert list(league.scopes) == [HATE]
    write_results(tmp_path / "other", "house/other", dict.fromkeys(FAMILIES["bias_placebo"], (0.5, 0.1)))
    assert len(leagues(tmp_path)) == 1


def test_a_task_that_both_families_ask_alike_has_k_in_the_league_of_either(tmp_path: Path) -> None:
    write_run(tmp_path, together(MODEL, calls_arabic_so(2, moved=0.5, task=PROBE)))
    k = beside_placebo(MODEL).ratios[HATE]
    found = {
        task: league.models[0].tasks[task].placebo for league in leagues(tmp_path) for task in league.scopes
    }
    assert found == {HATE: k, PROBE: k}


def test_k_is_that_of_show(tmp_path: Path) -> None:
    write_run(tmp_path, MODEL)
    assert ratio(tmp_path) == beside_placebo(MODEL).ratios[HATE]


def test_a_placebo_that_was_scored_later_into_the_same_folder_counts(tmp_path: Path) -> None:
    write_run(tmp_path, only(MODEL, HATE))
    assert ratio(tmp_path) is None
    write_run(tmp_path, only(MODEL, PLACEBO), date=LATER)
    assert ratio(tmp_path) == beside_placebo(MODEL).ratios[HATE]


def test_a_placebo_of_another_model_does_not(tmp_path: Path) -> None:
    write_run(tmp_path, only(MODEL, HATE))
    write_run(tmp_path, only(MODEL, PLACEBO), name="house/other", date=LATER)
    assert ratio(tmp_path) is None


def test_without_samples_there_is_no_k_and_a_line_says_how_to_get_it(tmp_path: Path) -> None:
    write_run(tmp_path, MODEL)
    (league,) = leagues(tmp_path, with_samples=False)
    assert league.models[0].tasks[HATE].lean
    (finding,) = findings(league)
    assert finding.beside == ""
    (line,) = missing(league)
    assert "bias_placebo" in line
    assert "--log_samples" in line


def test_nothing_but_placebos_is_told(tmp_path: Path) -> None:
    write_run(tmp_path, only(MODEL, PLACEBO))
    with pytest.raises(UsageError, match="placebos only, which are not ranked"):
        leagues(tmp_path)


def test_a_finding_says_the_direction_its_size_and_how_large_beside_the_placebo(tmp_path: Path) -> None:
    write_run(tmp_path, MODEL)
    (league,) = leagues(tmp_path)
    (finding,) = findings(league)
    k = beside_placebo(MODEL).ratios[HATE].ratio
    assert finding.says.startswith("texts in Arabic are called hateful more readily than")
    assert "(lean +2." in finding.says
    assert "p < 0.001" in finding.says
    assert finding.beside.startswith(f"groups move it {k:.2f} [")
    assert missing(league) == []


def test_a_lean_that_is_not_told_from_0_has_no_direction(tmp_path: Path) -> None:
    write_run(tmp_path, calls_arabic_so(0.0, moved=0.5, seed=3))
    (league,) = leagues(tmp_path)
    assert findings(league)[0].says.startswith("no direction told from none (lean ")


def test_of_many_models_each_direction_is_counted(tmp_path: Path) -> None:
    for number, more in enumerate((2.0, 1.5, -1.0)):
        write_run(tmp_path / str(number), calls_arabic_so(more, 0.5, number), name=f"house/{number}")
    (league,) = leagues(tmp_path)
    (finding,) = findings(league)
    assert finding.says.startswith("2 of 3 models: texts in Arabic are called hateful more readily")
    assert "; 1 of 3 models: texts in Arabic are called hateful less readily" in finding.says
    assert "times as much as the placebo (median " in finding.beside


def test_what_groups_move_most_beside_the_placebo_stands_first(tmp_path: Path) -> None:
    spam = calls_arabic_so(4, moved=0.5, task="bias_inherit_spam")
    write_run(tmp_path, together(MODEL, spam))
    (league,) = leagues(tmp_path)
    assert [finding.task for finding in findings(league)] == ["spam", "hate"]


def test_answers_that_were_not_read_finely_leave_columns_empty_and_say_why(tmp_path: Path) -> None:
    write_run(tmp_path / "in", ungraded(MODEL))
    made = make(tmp_path / "in", tmp_path / "out")
    (model,) = json.loads((made.folder / "board.json").read_text(encoding="utf-8"))["leagues"][0]["models"]
    assert model["lean"] == model["k"] == [None]
    page = (made.folder / "index.html").read_text(encoding="utf-8")
    assert "bias_inherit_hate without log-likelihoods of all choices" in page
    assert "--tasks bias_placebo" not in page
    (model_page,) = (made.folder / "models").iterdir()
    assert "without log-likelihoods of all choices" in model_page.read_text(encoding="utf-8")


def test_lean_and_k_stand_in_the_files(tmp_path: Path) -> None:
    write_run(tmp_path / "in", MODEL)
    made = make(tmp_path / "in", tmp_path / "out")
    with (made.folder / "board.csv").open(encoding="utf-8") as file:
        rows = {row["metric"]: row for row in csv.DictReader(file)}
    k = beside_placebo(MODEL).ratios[HATE]
    assert float(rows["k"]["value"]) == k.ratio
    assert float(rows["k"]["low_95"]) == k.interval.low
    assert rows["lean"]["best_rank"] == ""
    (model,) = json.loads((made.folder / "board.json").read_text(encoding="utf-8"))["leagues"][0]["models"]
    assert model["k"][0][0] == pytest.approx(k.ratio, abs=1e-4)


def test_a_line_is_not_said_of_models_that_have_their_placebo(tmp_path: Path) -> None:
    write_run(tmp_path / "a", MODEL)
    write_run(tmp_path / "b", without_placebo(MODEL), name="house/other")
    (league,) = leagues(tmp_path)
    assert missing(league) == []
