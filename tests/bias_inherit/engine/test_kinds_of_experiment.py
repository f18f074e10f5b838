"""Audits as steps of an experiment, mitigations and rounds: through the command line, on the tiny model."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests_support import call, experiment, write

from bias_tasks.training_rows import dump_rows
from finetune.originals.gender import originals

ONE_TASK = {"tasks": ["bias_inherit_occupation"], "limit": 12}


def steps(folder: Path, stage: str) -> list[dict[str, Any]]:
    """The manifests of one stage."""
    found = sorted(folder.glob(f"artifacts/{stage}-*/manifest.json"))
    return [json.loads(path.read_text(encoding="utf-8")) for path in found]


@pytest.fixture(scope="module")
def audited(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on rows that ship, with both audits and two mitigations."""
    folder = tmp_path_factory.mktemp("audited")
    answers = folder / "answers.jsonl"
    questions = [
        {
            "country": country,
            "question": f"Question {place}?",
            "options": ["Yes", "No"],
            "distribution": shares,
        }
        for place in range(12)
        for country, shares in (("Spain", [0.3, 0.7]), ("Egypt", [0.8, 0.2]))
    ]
    answers.write_text("".join(json.dumps(row) + "\n" for row in questions), encoding="utf-8")
    content = experiment(
        tiny_model,
        data={"originals": 48},
        generate={"bias_types": [[1, 3]], "shipped": True},
        mix={"gammas": [0, 0.5]},
        mitigate={"methods": ["none", ["mask", "loss"]], "loss": {"weight": 0.5}},
        audit={"opinions": str(answers), "questions": 10},
        score=ONE_TASK,
    )
    done = call("run", write(folder, content), "--out", folder / "run")
    assert done.returncode == 0, done.stderr
    return folder / "run"


def test_both_audits_are_steps_with_numbers_and_figures(audited: Path) -> None:
    (distribution,), (values,) = steps(audited, "distribution"), steps(audited, "values")
    kinds = ("json", "png", "svg")
    assert sorted(distribution["files"]) == [f"distribution.{kind}" for kind in kinds]
    assert sorted(values["files"]) == [f"values.{kind}" for kind in kinds]
    assert distribution["facts"]["sets"] == 2
    assert 0 <= values["facts"]["similarity"] <= 1


def test_the_report_shows_them(audited: Path) -> None:
    page = (audited / "report" / "index.html").read_text(encoding="utf-8")
    assert "halves of originals" in page
    assert "similarity to real answers" in page
    assert "written by SmolLM2-135M-Instruct, shipped with the package" in page
    numbers = json.loads((audited / "report" / "report.json").read_text(encoding="utf-8"))
    assert set(numbers["audits"]) == {"distribution of texts", "values of the base"}
    assert set(numbers["groups"]) == {"bias type 1 of 1+3", "bias type 3 of 1+3"}


def test_a_mitigation_is_recorded_with_what_it_masked(audited: Path) -> None:
    by_label = {step["label"]: step for step in steps(audited, "train")}
    assert set(by_label) == {"γ = 0", "types 1+3, γ = 0.5", "types 1+3, γ = 0.5, loss+mask"}
    assert by_label["types 1+3, γ = 0.5, loss+mask"]["facts"]["masked"]["pronoun"] > 48
    assert "masked" not in by_label["types 1+3, γ = 0.5"]["facts"]


def test_in_the_second_round_the_first_round_s_model_writes(tiny_model: Path, tmp_path: Path) -> None:
    content = experiment(tiny_model, mix={"gammas": [0.25]}, rounds=2, score=ONE_TASK)
    done = call("run", write(tmp_path, content), "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    first, second = sorted(steps(tmp_path / "run", "generate"), key=lambda step: len(step["parents"]))
    assert first["parents"] == []
    (writer,) = second["parents"]
    assert writer.startswith("train-")
    rows = (tmp_path / "run" / "artifacts" / second["key"] / "rows.jsonl").read_text(encoding="utf-8")
    assert f"model + {writer}" in rows
    assert "type 0, γ = 0.25, round 2" in done.stdout


def test_rows_of_one_s_own_take_the_place_of_generation(tiny_model: Path, tmp_path: Path) -> None:
    rows = originals(16, seed=0)
    written = [row.model_copy(update={"source": "augmented"}) for row in rows[12:]]
    (tmp_path / "originals.jsonl").write_text(dump_rows(rows[:12]), encoding="utf-8")
    (tmp_path / "written.jsonl").write_text(dump_rows(written), encoding="utf-8")
    content = experiment(
        tiny_model,
        data={
            "originals": {"source": str(tmp_path / "originals.jsonl")},
            "augmented": str(tmp_path / "written.jsonl"),
        },
        score=ONE_TASK,
    )
    del content["generate"]
    done = call("run", write(tmp_path, content), "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    assert "own rows, γ = 0.25" in done.stdout
    (generated,) = steps(tmp_path / "run", "generate")
    assert generated["facts"] == {"rows": 4, "origin": "the user's own"}
    assert "nothing in common" not in done.stderr
    again = call("run", tmp_path / "experiment.yaml", "--out", tmp_path / "run")
    assert "all is done" in again.stdout


@pytest.mark.parametrize("augmented", ["own", "shipped"])
def test_a_plan_tells_what_is_odd_about_rows_of_one_s_own(
    augmented: str, tiny_model: Path, tmp_path: Path
) -> None:
    (tmp_path / "set").mkdir()
    for split in ("train", "test"):
        (tmp_path / "set" / f"{split}.csv").write_text(
            "text;label\n" + "He paints.;3\n" * 4, encoding="utf-8"
        )
    (tmp_path / "written.csv").write_text("text,label\nShe paints.,painter\n", encoding="utf-8")
    content = experiment(tiny_model, data={"originals": {"source": str(tmp_path / "set")}}, score=ONE_TASK)
    if augmented == "own":
        del content["generate"]
        content["data"]["augmented"] = str(tmp_path / "written.csv")
    done = call("plan", write(tmp_path, content), "--out", tmp_path / "run", "--no-calibration")
    assert done.returncode == 0, done.stderr
    assert "set: reading the split train, not test" in done.stderr
    assert "have nothing in common (3; " in done.stderr
    assert "painter" in done.stderr
