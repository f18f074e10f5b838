"""`bias-inherit report RUN`: the run folder is enough."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from simulated_run import OCCUPATION, simulated_run
from tests_support import call

from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.experiment_record import Recorded, check_finished, record, recorded
from bias_inherit.engine.planning.experiment_plan import plan_experiment
from bias_inherit.engine.store import Store
from bias_inherit.kit.errors import UsageError
from bias_inherit.report.build import build_report, is_current
from bias_tasks.catalogue import ALL_TASKS

SMALL = {"mitigate": {"methods": ["none"]}, "score": {"tasks": [OCCUPATION]}, "mix": {"gammas": [0.5]}}


@pytest.fixture
def small(tmp_path: Path) -> Recorded:
    return simulated_run(tmp_path / "run", clusters=12, **SMALL)


def test_a_plan_comes_back_from_its_run_folder_as_it_was(study: Recorded) -> None:
    found = recorded(study.store.root)
    assert found.plan == study.plan
    assert [step.key for step in found.plan.steps] == [step.key for step in study.plan.steps]
    assert found.experiment == study.experiment
    assert (found.base.name, found.base.fingerprint) == (study.base.name, study.base.fingerprint)


def test_of_an_unfinished_run_the_models_that_are_scored_can_be_had(small: Recorded) -> None:
    first, *others = small.plan.models
    shutil.rmtree(small.store.artifact(first.score))
    with pytest.raises(UsageError, match="not finished"):
        recorded(small.store.root)
    found = recorded(small.store.root, partly=True).plan
    assert found.models == tuple(others)
    assert found.steps == tuple(step for step in small.plan.steps if step != first.score)


def test_the_command_rebuilds_the_report_without_model_or_experiment_file(small: Recorded) -> None:
    run = small.store.root
    done = call("report", run, "--margin", "0.2", "--share-margin", "0.1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f"report: {run / 'report' / 'index.html'}"
    stored = json.loads((run / "report" / "report.json").read_text(encoding="utf-8"))
    assert stored["equivalence_margins"] == {"log_odds": 0.2, "share": 0.1}
    assert is_current(small.plan, small.store, small.experiment)


def test_a_page_to_pass_on_has_no_link_out_of_itself(small: Recorded, tmp_path: Path) -> None:
    done = call("report", small.store.root, "--page", tmp_path / "study.html")
    assert done.returncode == 0, done.stderr
    beside = (small.store.root / "report" / "index.html").read_text(encoding="utf-8")
    alone = (tmp_path / "study.html").read_text(encoding="utf-8")
    links = {text: re.findall(r'href="(?!#|data:)', text) for text in (beside, alone)}
    assert len(links[beside]) > 10
    assert links[alone] == []
    assert re.findall("<h2.*", alone) == re.findall("<h2.*", beside)


def test_a_page_to_pass_on_names_no_folder_of_this_machine(tmp_path: Path) -> None:
    model = {"pretrained": "/somebody/models/small.gguf"}
    run = simulated_run(tmp_path / "run", clusters=12, model=model, **SMALL).store.root
    done = call("report", run, "--page", tmp_path / "study.html")
    assert done.returncode == 0, done.stderr
    assert "pretrained: /somebody/models/small.gguf" in (run / "report" / "index.html").read_text(
        encoding="utf-8"
    )
    alone = (tmp_path / "study.html").read_text(encoding="utf-8")
    assert "pretrained: small.gguf" in alone
    assert "/somebody" not in alone


def test_a_page_for_a_folder_that_is_not_there_gives_one_line(small: Recorded, tmp_path: Path) -> None:
    done = call("report", small.store.root, "--page", tmp_path / "missing" / "study.html")
    assert done.returncode == 1
    assert "study.html" in done.stderr
    assert done.stderr.count("\n") == 1


def test_recording_again_changes_nothing(small: Recorded) -> None:
    path = small.store.root / "experiment.json"
    before = path.stat().st_mtime_ns
    record(*small)
    assert path.stat().st_mtime_ns == before


def test_the_folder_still_belongs_to_its_experiment(small: Recorded) -> None:
    with pytest.raises(UsageError, match="run folder of the experiment 'simulated'"):
        Store(small.store.root, "another")


def test_a_folder_of_a_version_that_kept_no_settings_asks_for_the_file(small: Recorded) -> None:
    (small.store.root / "experiment.json").write_text('{"name": "simulated"}', encoding="utf-8")
    with pytest.raises(UsageError, match=r"did not keep .* bias-inherit report RUN FILE"):
        recorded(small.store.root)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"name": "simulated", "models": [], "settings": {"x": 1}}']
)
def test_a_file_of_something_else_asks_for_the_experiment_file(small: Recorded, content: str) -> None:
    (small.store.root / "experiment.json").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="bias-inherit report RUN FILE"):
        recorded(small.store.root)


def test_an_unfinished_run_is_named_as_such(small: Recorded) -> None:
    missing = small.plan.models[-1].score
    shutil.rmtree(small.store.artifact(missing))
    with pytest.raises(UsageError, match=rf"not finished \({missing.key} is missing\)"):
        recorded(small.store.root)
    with pytest.raises(UsageError, match=r"1 of \d+ steps of this experiment are missing"):
        check_finished(small.plan, small.store)


@pytest.mark.parametrize("arguments", [["no-such-folder"], ["no-such-folder", "no-such-file.yaml"]])
def test_a_wrong_folder_gives_one_line(arguments: list[str], tmp_path: Path) -> None:
    done = call("report", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "no experiment.json; expected a run folder" in done.stderr
    assert not (tmp_path / "no-such-folder").exists()


def test_a_report_of_another_plan_is_not_current(small: Recorded) -> None:
    assert not is_current(small.plan, small.store, small.experiment)
    build_report(*small)
    assert is_current(small.plan, small.store, small.experiment)
    assert not is_current(small.plan._replace(steps=small.plan.steps[:-1]), small.store, small.experiment)
    (small.store.root / "report" / "report.json").write_text("{", encoding="utf-8")
    assert not is_current(small.plan, small.store, small.experiment)


def test_another_headline_makes_another_report_of_the_same_scores(small: Recorded) -> None:
    build_report(*small)
    task = small.experiment.score.tasks[0]
    words = ALL_TASKS[task].headlines[0].contrasts[0].name
    declared = Experiment.model_validate({**small.experiment.model_dump(), "headline": {task: f"{words}:up"}})
    assert not is_current(small.plan, small.store, declared)
    assert plan_experiment(declared, small.base) == small.plan
    build_report(small.plan, small.store, small.base, declared)
    assert is_current(small.plan, small.store, declared)


def test_figures_of_an_earlier_report_do_not_stay(small: Recorded) -> None:
    stale = small.store.root / "report" / "figures" / "stale.svg"
    stale.parent.mkdir(parents=True)
    stale.write_text("<svg/>", encoding="utf-8")
    build_report(*small)
    assert not stale.exists()
    assert list(stale.parent.iterdir())


def test_a_report_of_the_same_results_has_the_same_bytes(small: Recorded) -> None:
    folder = small.store.root / "report"
    found = []
    for _ in range(2):
        build_report(*small)
        found.append({path: path.read_bytes() for path in folder.rglob("*") if path.is_file()})
    assert found[0] == found[1]


def test_to_rebuild_a_report_no_model_s_libraries_are_loaded() -> None:
    code = (
        "import sys, bias_inherit.report.build; "
        "print(sorted({'torch', 'transformers', 'peft'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
