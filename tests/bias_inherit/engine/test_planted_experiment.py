"""Planted rows in an experiment: through the command line, on the tiny model."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest
from run_folders import results, started
from tests_support import Finished, call, experiment, start, wait_for, write
from typer.testing import CliRunner

from augment.planting import plant, shipped_rules
from bias_inherit.cli.app import app
from bias_inherit.engine.experiment_record import recorded
from bias_tasks.training_rows import read_rows
from finetune.originals import SHIPPED

ONE_TASK = {"tasks": ["bias_inherit_occupation"], "limit": 12}


def manifests(folder: Path, stage: str) -> list[dict[str, Any]]:
    found = sorted(folder.glob(f"artifacts/{stage}-*/manifest.json"))
    return [json.loads(path.read_text(encoding="utf-8")) for path in found]


def planted_experiment(tiny_model: Path, **changes: Any) -> dict[str, Any]:
    generate = {"planted": {"rule": "women-nurse", "rates": [0, 1]}}
    return experiment(tiny_model, generate=generate, mix={"gammas": [0, 0.5]}, score=ONE_TASK, **changes)


@pytest.fixture(scope="module")
def planted(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The rule in full dose, and its negative control."""
    folder = tmp_path_factory.mktemp("planted")
    file = write(folder, planted_experiment(tiny_model))
    done = call("run", file, "--out", folder / "run")
    assert done.returncode == 0, done.stderr
    return Finished(file, folder / "run", done.stdout)


def test_each_rate_is_a_step_that_tells_what_it_came_to(planted: Finished) -> None:
    found = {step["label"]: step["facts"] for step in manifests(planted.folder, "plant")}
    assert found["planted women-nurse 1"] == {"rows": 12, "of_group": 6, "following": 6, "changed": 5}
    assert found["planted women-nurse 0"] == {"rows": 12, "of_group": 6, "following": 1, "changed": 0}


def test_the_rows_are_originals_outside_those_trained_on_with_the_rule_in_them(planted: Finished) -> None:
    source = SHIPPED["gender"].last(12, 0)
    for step in manifests(planted.folder, "plant"):
        rows = read_rows(planted.folder / "artifacts" / step["key"] / "rows.jsonl")
        assert rows == plant(source, shipped_rules()["women-nurse"], step["inputs"]["rate"], 0)
    for step in manifests(planted.folder, "mix"):
        rows = read_rows(planted.folder / "artifacts" / step["key"] / "rows.jsonl")
        assert len({row.prompt for row in rows}) == len(rows)


def test_plan_and_status_call_them_by_rule_and_rate(planted: Finished) -> None:
    told = call("plan", planted.file, "--out", planted.folder).stdout
    assert "24 originals; biographies of women are labelled nurse; rates 0, 1" in told
    status = call("status", planted.file, "--out", planted.folder).stdout
    assert "planted women-nurse 1, γ = 0.5" in status


def test_the_report_tells_them_from_rows_that_a_model_wrote(planted: Finished) -> None:
    page = (planted.folder / "report" / "index.html").read_text(encoding="utf-8")
    assert "What was planted" in page
    assert "What the model wrote" not in page
    assert "model-written" not in page
    assert "planted women-nurse 1 (no model wrote them)" in " ".join(page.split())
    numbers = json.loads((planted.folder / "report" / "report.json").read_text(encoding="utf-8"))
    assert numbers["planted"]["planted women-nurse 1"]["following"] == 6
    assert numbers["groups"] == {}


def test_the_headline_asks_of_the_full_dose(planted: Finished) -> None:
    page = (planted.folder / "report" / "index.html").read_text(encoding="utf-8")
    assert "“planted women-nurse 1, γ = 0.5” minus γ = 0" in page


def test_the_terminal_says_first_whether_the_rule_is_found(planted: Finished) -> None:
    """Of twelve documents nothing can be said, and that is said."""
    told = planted.output[planted.output.index("[12/12]") :]
    assert (
        "Whether what was planted (biographies of women are labelled nurse) is found could not be tested"
        in (" ".join(told.split()))
    )
    assert told.index("Whether what was planted") < told.index("occupation over rate: Δ lean_share [95 %]")
    assert told.index("occupation over rate") < told.index("score ± se")


def test_the_report_can_be_had_from_the_run_folder_alone(planted: Finished) -> None:
    page = planted.folder / "report" / "index.html"
    before = page.read_text(encoding="utf-8")
    page.unlink()
    done = call("report", planted.folder)
    assert done.returncode == 0, done.stderr
    assert page.read_text(encoding="utf-8") == before


def test_run_alone_the_stage_needs_no_base(planted: Finished, tiny_model: Path, tmp_path: Path) -> None:
    done = call("run", planted.file, "--out", tmp_path / "run", "--only", "plant")
    assert done.returncode == 0, done.stderr
    ours, theirs = manifests(tmp_path / "run", "plant"), manifests(planted.folder, "plant")
    assert [step["key"] for step in ours] == [step["key"] for step in theirs]
    for step in ours:
        files = [
            folder / "artifacts" / step["key"] / "rows.jsonl" for folder in (tmp_path / "run", planted.folder)
        ]
        assert files[0].read_bytes() == files[1].read_bytes()


def test_killed_while_planting_and_started_again_it_ends_with_the_same_artifacts(
    planted: Finished, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    victim = start("run", planted.file, "--out", folder)
    wait_for("work/plant-*", folder, victim)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    before = started(folder)
    # In the stage: what it was at is there, and not all that is planted was done.
    assert list(folder.glob("work/plant-*"))
    assert len(manifests(folder, "plant")) < len(manifests(planted.folder, "plant"))
    resumed = call("run", planted.file, "--out", folder)
    assert resumed.returncode == 0, resumed.stderr
    after = started(folder)
    assert {key: after[key] for key in before} == before
    assert results(folder) == results(planted.folder)


def test_a_run_that_is_older_than_planted_rows_is_read(planted: Finished, tmp_path: Path) -> None:
    record = planted.folder / "experiment.json"
    content = json.loads(record.read_text(encoding="utf-8"))
    for model in content["models"]:
        del model["planted"]
    kept = record.read_bytes()
    record.write_text(json.dumps(content), encoding="utf-8")
    try:
        assert {model.planted for model in recorded(planted.folder).plan.models} == {None}
    finally:
        record.write_bytes(kept)


NURSE = {"rule": "women-nurse", "rates": [1]}


@pytest.mark.parametrize(
    ("section", "told"),
    [
        (NURSE | {"rule": "women-nurs"}, "unknown rule 'women-nurs'; did you mean women-nurse?"),
        (NURSE | {"rule": "arabic-first"}, "arabic-first is of the domain culture, the experiment of gender"),
        (NURSE | {"rates": [1.5]}, "planted.rates.0: input should be less than or equal to 1"),
        (NURSE | {"rates": []}, "planted.rates: tuple should have at least 1 item"),
        ({"rule": "women-nurse"}, "planted.rates: this key is required"),
        (NURSE | {"rul": 1}, "unknown key generate.planted.rul; did you mean rule?"),
        (NURSE | {"rules": "none.yaml"}, "generate.planted: none.yaml: No such file or directory"),
    ],
)
def test_a_wrong_section_is_told_in_one_line(
    section: dict[str, Any], told: str, tiny_model: Path, tmp_path: Path
) -> None:
    file = write(tmp_path, planted_experiment(tiny_model) | {"generate": {"planted": section}})
    done = CliRunner().invoke(app, ["run", str(file), "--out", str(tmp_path / "run")])
    assert done.exit_code == 2
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "run").exists()
    checked = CliRunner().invoke(app, ["validate", str(file)])
    assert checked.exit_code == 1
    assert told in " ".join(checked.stdout.split())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"generate": {}}, "bias_types (a model writes) or planted (a rule relabels originals) is required"),
        ({"rounds": 2}, "rounds needs generate.bias_types: in every round but the first a model writes"),
        ({"data": {"originals": "mine.jsonl"}}, "data.originals must be a number of these"),
        ({"data": {}}, "3600 rows beside 3600 originals are needed for the largest γ"),
    ],
)
def test_what_does_not_go_with_planted_rows_is_told(
    changes: dict[str, Any], told: str, tiny_model: Path, tmp_path: Path
) -> None:
    file = write(tmp_path, planted_experiment(tiny_model) | changes)
    done = CliRunner().invoke(app, ["plan", str(file), "--out", str(tmp_path / "run"), "--no-calibration"])
    assert done.exit_code == 2
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
