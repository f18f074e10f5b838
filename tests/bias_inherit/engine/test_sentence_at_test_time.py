"""Models trained with *token*, scored with its sentence too: through the command line, on the tiny model."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests_support import Finished, call, experiment, write

from bias_inherit.engine.artifact_files import HARNESS_OUTPUT
from bias_inherit.engine.experiment_record import recorded
from bias_inherit.engine.planning.plan import Model

SENTENCE = "Beware, what follows may be one-sided."
OCCUPATION = "bias_inherit_occupation"


@pytest.fixture(scope="module")
def warned(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A planted rule with *token*, scored with the sentence and without."""
    folder = tmp_path_factory.mktemp("warned")
    content = experiment(
        tiny_model,
        generate={"planted": {"rule": "women-nurse", "rates": [1]}},
        mix={"gammas": [0.5]},
        mitigate={
            "methods": ["none", "token"],
            "token": {"sentence": SENTENCE, "at_test_time": True},
        },
        score={"tasks": [OCCUPATION], "limit": 24},
    )
    file = write(folder, content)
    done = call("run", file, "--out", folder / "run")
    assert done.returncode == 0, done.stderr
    return Finished(file, folder / "run", done.stdout)


def models(run: Finished) -> dict[str, Model]:
    return {model.label: model for model in recorded(run.folder).plan.models}


def scores(run: Finished, model: Model) -> Path:
    return run.folder / "artifacts" / model.score.key / HARNESS_OUTPUT


def results(run: Finished, model: Model) -> dict[str, Any]:
    (file,) = scores(run, model).glob("*/results_*.json")
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


WITHOUT = "planted women-nurse 1, γ = 0.5, token"
PRESENT = f"{WITHOUT}, sentence present"


def test_the_same_adapter_is_scored_in_two_ways(warned: Finished) -> None:
    found = models(warned)
    plain, present = found[WITHOUT], found[PRESENT]
    assert present.train == plain.train
    assert present.score.key != plain.score.key
    args = [results(warned, model)["config"]["model_args"] for model in (plain, present)]
    assert args[1] == {**args[0], "sentence": SENTENCE}


def test_the_samples_show_the_sentence_where_it_stood(warned: Finished) -> None:
    for label, times in ((WITHOUT, 0), (PRESENT, 1)):
        (file,) = scores(warned, models(warned)[label]).glob("*/samples_*.jsonl")
        for line in file.read_text(encoding="utf-8").splitlines():
            asked = json.loads(line)["arguments"]
            texts = [one["arg_0"] for one in asked.values()]
            assert {text.count(SENTENCE) for text in texts} == {times}


def test_the_report_shows_both_and_never_one_for_the_other(warned: Finished) -> None:
    page = " ".join((warned.folder / "report" / "index.html").read_text(encoding="utf-8").split())
    assert "token, sentence present at the full dose" in page
    assert "no mitigation, sentence present at the full dose" in page
    assert "the sentence at test time" in page
    rows = (warned.folder / "report" / "tables" / "controls.csv").read_text(encoding="utf-8")
    assert "sentence at test time" in rows
    assert "γ = 0, sentence present" in rows


def test_compare_says_that_the_two_were_not_asked_alike(warned: Finished) -> None:
    found = models(warned)
    done = call("compare", scores(warned, found[WITHOUT]), scores(warned, found[PRESENT]))
    assert done.returncode == 0, done.stderr
    told = " ".join((done.stdout + done.stderr).split())
    assert f"sentence in front none against {SENTENCE}" in told


def test_a_board_ranks_them_apart(warned: Finished, tmp_path: Path) -> None:
    done = call("board", warned.folder / "artifacts", "--out", tmp_path / "board")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "board" / "index.html").read_text(encoding="utf-8")
    assert f"sentence in front {SENTENCE}" in page


def test_a_second_run_finds_all_of_it_done(warned: Finished) -> None:
    assert "all is done" in call("run", warned.file, "--out", warned.folder).stdout
