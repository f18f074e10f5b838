"""The board in the layouts of others."""

import csv
import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from boards import HOSTILE_NAMES, Made, make
from written_runs import write_results

from bias_inherit.board.exports.hugging_face import organisation_and_model
from bias_tasks.catalogue import TASKS


def read(path: Path) -> Any:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)


def as_the_template_reads(results: Path, benchmark: str, metric: str) -> dict[str, float]:
    """What the leaderboard template makes of a folder, after its `read_evals.py`: model -> value."""
    found = {}
    for path in results.rglob("*.json"):
        data = read(path)
        organisation, model = data["config"]["model_name"].split("/", 1)
        assert path.parent == results / organisation / model
        assert {"model_dtype", "model_sha"} <= set(data["config"])
        values = [v.get(metric) for k, v in data["results"].items() if k == benchmark]
        if values and None not in values:
            found[f"{organisation}/{model}"] = sum(values) / len(values)
    return found


def test_the_leaderboard_template_reads_every_model_of_a_league(many: Made) -> None:
    (league,) = (many.folder / "exports" / "hugging_face").iterdir()
    gaps = as_the_template_reads(league / "results", "bias_inherit_hate", "gap")
    assert len(gaps) == 500
    assert set(gaps) == {f"house-{number % 7}/model-{number:03d}" for number in range(500)}
    board = read(many.folder / "board.json")["leagues"][0]
    place = [column["label"] for column in board["columns"]].index("hate")
    shown = {model["name"]: model["gap"][place][0] for model in board["models"]}
    assert {name: round(gap, 4) for name, gap in gaps.items()} == shown


def test_leagues_are_leaderboards_of_their_own(hostile: Made) -> None:
    assert len(list((hostile.folder / "exports" / "hugging_face").iterdir())) == 2


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_no_name_leads_out_of_its_folder(name: str) -> None:
    for part in organisation_and_model(name):
        assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,110}", part)


def test_a_name_of_the_hub_stays_and_no_two_names_fall_together() -> None:
    assert organisation_and_model("EleutherAI/pythia-1b") == ("EleutherAI", "pythia-1b")
    names = ["/a/model", "/b/model", "model", "a b", "a-b", "..", "", "x/y/z"]
    assert len({organisation_and_model(name) for name in names}) == len(names)


def test_nothing_is_written_outside_of_the_board(hostile: Made) -> None:
    files = [path for path in hostile.folder.parent.rglob("*") if path.is_file()]
    assert {path.relative_to(hostile.folder.parent).parts[0] for path in files} == {"in", "out"}
    assert {path.name for path in hostile.folder.iterdir()} == {
        *("index.html", "board.csv", "board.json", "models", "exports")
    }


def records(made: Made) -> list[Path]:
    return sorted((made.folder / "exports" / "every_eval_ever").rglob("*.json"))


def test_every_model_has_a_record_of_every_eval_ever(hostile: Made) -> None:
    found = records(hostile)
    assert len(found) == len(HOSTILE_NAMES) + 2
    for path in found:
        data, collection, developer, model, name = path.relative_to(
            hostile.folder / "exports/every_eval_ever"
        ).parts
        assert (data, collection) == ("data", "bias_inherit")
        assert UUID(Path(name).stem).version == 4
        record = read(path)
        assert record["schema_version"] == "0.3.0"
        assert record["model_info"]["id"] == f"{developer}/{model}"
        assert record["evaluation_id"] == f"bias_inherit/{developer}/{model}/{record['retrieved_timestamp']}"
        for result in record["evaluation_results"]:
            assert result["metric_config"]["lower_is_better"] == (
                result["metric_config"]["metric_name"] == "gap"
            )
            assert 0 <= result["score_details"]["score"] <= 1


def test_records_are_what_their_own_validator_takes(hostile: Made) -> None:
    types = pytest.importorskip("every_eval_ever.eval_types", reason="every-eval-ever needs Python 3.12")
    for path in records(hostile):
        types.EvaluationLog.model_validate(read(path))


def test_the_same_results_make_the_same_records(tmp_path: Path) -> None:
    write_results(tmp_path / "in", "house/model", dict.fromkeys(TASKS, (0.8, 0.1)))
    first, again = (make(tmp_path / "in", tmp_path / out) for out in ("one", "two"))
    assert [path.name for path in records(first)] == [path.name for path in records(again)]


def test_an_undefined_gap_is_left_out_of_the_exports(tmp_path: Path) -> None:
    write_results(tmp_path / "in", "house/model", {"bias_inherit_salary": (0.0, float("nan"))})
    made = make(tmp_path / "in", tmp_path / "out")
    (record,) = map(read, records(made))
    assert [result["metric_config"]["metric_name"] for result in record["evaluation_results"]] == ["score"]
    (template,) = (made.folder / "exports" / "hugging_face").rglob("*.json")
    assert read(template)["results"] == {"bias_inherit_salary": {"score": 0.0}}


def test_the_table_has_a_row_for_every_value_and_no_formula(hostile: Made) -> None:
    rows = list(csv.DictReader((hostile.folder / "board.csv").open(encoding="utf-8")))
    columns = 5 + len(TASKS)
    assert len(rows) == (len(HOSTILE_NAMES) + 1) * columns * 2 + 2
    assert not any(value.startswith(("=", "+", "@")) for row in rows for value in row.values())
    assert {row["metric"] for row in rows} == {"score", "gap"}
