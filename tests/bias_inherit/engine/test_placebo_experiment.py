"""An experiment file may list probes and placebos: planned, scored by the harness, and reported."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from tests_support import call, write

from bias_inherit.compare.placebo import beside_placebo
from bias_inherit.engine.experiment_file.score import ScoreSection
from bias_inherit.harness.results import read_output

PROBE, PLACEBO = "bias_probe_occupation", "bias_placebo_occupation"


def test_a_placebo_is_planned_scored_and_reported(tiny_model: Path, tmp_path: Path) -> None:
    tasks = [PROBE, PLACEBO, "bias_probe_salary", "bias_placebo_salary"]
    content = {
        "name": "beside",
        "checkpoints": [{"name": "tiny", "pretrained": str(tiny_model), "device": "cpu"}],
        "score": {"tasks": tasks, "limit": 24},
    }
    file = write(tmp_path, content)
    planned = call("plan", file)
    assert planned.returncode == 0, planned.stderr
    assert "4 tasks, 96 documents" in planned.stdout
    done = call("run", file, "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "run").glob("artifacts/score-*")
    expected = beside_placebo(read_output(folder)).ratios
    assert list(expected) == [PROBE, "bias_probe_salary"]
    numbers = json.loads((tmp_path / "run" / "report" / "report.json").read_text(encoding="utf-8"))
    assert list(numbers["tasks"]) == list(expected)
    for task, found in expected.items():
        (row,) = numbers["placebo"][task].values()
        assert row["k_other"] == found.ratio
    page = (tmp_path / "run" / "report" / "index.html").read_text(encoding="utf-8")
    assert "Which way “tiny” leans, each task taken alone: occupation: " in page
    assert "groups move “tiny” " in page


@pytest.mark.parametrize(
    ("score", "told"),
    [
        (
            {"tasks": [PLACEBO]},
            f"{PLACEBO} stands beside nothing; list bias_inherit_occupation or {PROBE} too",
        ),
        (
            {"tasks": ["bias_inherit_salary", "bias_placebo_salary"]},
            "bias_placebo_salary stands beside nothing; list bias_probe_salary too",
        ),
    ],
)
def test_a_placebo_with_nothing_to_be_held_against_is_refused(score: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        ScoreSection.model_validate(score)


def test_families_and_patterns_are_listed_by_the_tasks_that_they_stand_for() -> None:
    score = ScoreSection.model_validate({"tasks": ["bias_probe_s*", "bias_placebo_story"]})
    assert score.tasks == (
        "bias_probe_salary",
        "bias_probe_story",
        "bias_probe_stereotype",
        "bias_probe_spam",
        "bias_placebo_story",
    )
    assert len(ScoreSection.model_validate({"tasks": ["bias_probe", "bias_placebo"]}).tasks) == 20
