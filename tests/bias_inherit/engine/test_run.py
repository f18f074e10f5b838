"""A run from end to end: what it leaves, that it is kept, and that it survives being killed."""

import json
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
import yaml
from tests_support import Finished, call, experiment, start, wait_for, write

from bias_inherit.harness.results import read_output
from bias_tasks.catalogue import TASKS


def manifests(folder: Path) -> dict[str, dict[str, object]]:
    """Manifest of every artifact, by key."""
    return {
        path.parent.name: json.loads(path.read_text(encoding="utf-8"))
        for path in folder.glob("artifacts/*/manifest.json")
    }


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a run that holds a result, without the harness's time stamps."""
    found = {}
    for path in sorted([*folder.glob("artifacts/**/*"), *folder.glob("report/*")]):
        # Manifests and the harness's result files hold durations and dates.
        if path.is_file() and path.name != "manifest.json" and not path.name.startswith("results_"):
            name = path.relative_to(folder).as_posix()
            # How long the steps took is all that differs between two reports of the same results.
            content = re.sub(rb"<time>.*?</time>", b"", path.read_bytes())
            found[name.split("_2026")[0].split("_20")[0] if "samples_" in name else name] = content
    return found


def test_every_model_is_scored_on_all_ten_tasks_in_the_harness_s_own_files(finished: Finished) -> None:
    scores = [m for m in manifests(finished.folder).values() if m["stage"] == "score"]
    assert {m["label"] for m in scores} == {"base", "γ = 0", "type 0, γ = 0.25"}
    for manifest in scores:
        scored = read_output(finished.folder / "artifacts" / str(manifest["key"]))
        assert set(scored.samples) == set(TASKS)
        assert "bias_inherit" in scored.results["groups"]


def test_the_harness_s_files_call_a_model_by_its_base_its_rows_and_its_artifact(
    finished: Finished, tiny_model: Path
) -> None:
    names = {}
    for key, manifest in manifests(finished.folder).items():
        if manifest["stage"] == "score":
            (path,) = (finished.folder / "artifacts" / key).glob("lm_eval/*/results_*.json")
            results = json.loads(path.read_text(encoding="utf-8"))
            names[manifest["label"]] = re.sub("[0-9a-f]{8}$", "", results["model_name"])
            assert results["config"]["model"] == "bias-inherit-hf"
    base = tiny_model.name
    assert names == {
        "base": base,
        "γ = 0": f"{base}-gamma-0-",
        "type 0, γ = 0.25": f"{base}-type-0-gamma-0.25-",
    }


def test_the_mixes_hold_the_ratio_and_the_reference_is_shared(finished: Finished) -> None:
    facts = {m["label"]: m["facts"] for m in manifests(finished.folder).values() if m["stage"] == "mix"}
    assert facts == {
        "γ = 0": {"original": 12, "augmented": 0},
        "type 0, γ = 0.25": {"original": 12, "augmented": 4},
    }


def test_versions_hashes_seeds_and_inputs_are_recorded(finished: Finished) -> None:
    for manifest in manifests(finished.folder).values():
        assert {"inputs", "files", "versions", "machine", "seconds"} <= set(manifest)
        assert "lm-eval" in manifest["versions"]  # type: ignore[operator]


def test_no_path_of_this_machine_is_in_what_can_be_passed_on(finished: Finished) -> None:
    for name, content in contents(finished.folder).items():
        if name.endswith((".jsonl", ".html", "README.md", "report.json")):
            assert b"/run/artifacts" not in content, name


def test_a_second_run_says_that_all_is_done_and_changes_nothing(finished: Finished) -> None:
    before = {path: path.stat().st_mtime_ns for path in finished.folder.rglob("*") if path.name != ".lock"}
    again = call("run", finished.file, "--out", finished.folder)
    assert again.returncode == 0
    assert "all is done" in again.stdout
    after = {path: path.stat().st_mtime_ns for path in finished.folder.rglob("*") if path.name != ".lock"}
    assert after == before


def test_another_learning_rate_redoes_training_and_scoring_only(
    finished: Finished, tiny_model: Path, tmp_path: Path
) -> None:
    before = set(manifests(finished.folder))
    changed = experiment(tiny_model)
    changed["finetune"]["learning_rate"] = 2e-3
    done = call("run", write(tmp_path, changed), "--out", finished.folder)
    assert done.returncode == 0, done.stderr
    after = manifests(finished.folder)
    assert before < set(after)
    assert sorted(str(after[key]["stage"]) for key in set(after) - before) == [
        "score",
        "score",
        "train",
        "train",
    ]
    # Back to the run that the other tests look at.
    assert call("run", finished.file, "--out", finished.folder).returncode == 0


@pytest.mark.parametrize("stage", ["generate", "train", "score"])
def test_killed_in_a_stage_and_started_again_it_ends_with_the_same_bytes(
    stage: str, finished: Finished, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    victim = start("run", finished.file, "--out", folder)
    wait_for(f"work/{stage}-*", folder, victim)
    time.sleep(0.05)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    assert not (folder / "report").exists()
    kept = set(manifests(folder))
    resumed = call("run", finished.file, "--out", folder)
    assert resumed.returncode == 0, resumed.stderr
    assert f"{len(kept)} done already" in resumed.stdout
    reference = {
        name: content
        for name, content in contents(finished.folder).items()
        if name.split("/")[0] == "report" or name.split("/")[1] in manifests(folder)
    }
    assert contents(folder) == reference


def test_ctrl_c_says_in_one_line_that_the_same_command_goes_on(finished: Finished, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    victim = start(
        "run",
        finished.file,
        "--out",
        folder,
        stderr=subprocess.PIPE,
        # A process started in the background inherits an ignored Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    wait_for("work/score-*", folder, victim)
    victim.send_signal(signal.SIGINT)
    _, errors = victim.communicate(timeout=60)
    assert victim.returncode == 130
    assert errors.strip().splitlines()[-1].startswith("error: interrupted")
    assert "Traceback" not in errors


def test_two_runs_at_once_the_second_says_that_another_is_at_work(finished: Finished, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    first = start("run", finished.file, "--out", folder)
    try:
        wait_for("work/*", folder, first)
        second = call("run", finished.file, "--out", folder)
        assert second.returncode == 1
        assert "another run is at work" in second.stderr
        assert "Traceback" not in second.stderr
    finally:
        first.kill()
        first.wait()


def test_a_changed_artifact_is_found_and_named(finished: Finished, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    subprocess.run(["cp", "-r", str(finished.folder), str(folder)], check=True)
    rows = next(folder.glob("artifacts/mix-*/rows.jsonl"))
    rows.write_text(rows.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    done = call("run", finished.file, "--out", folder)
    assert done.returncode == 1
    assert str(rows) in done.stderr
    assert "Traceback" not in done.stderr


def test_the_experiment_file_of_the_demo_is_good() -> None:
    from bias_inherit.engine.experiment_file.study import load_experiment

    path = Path(__file__).parents[3] / "harness_configs" / "quickstart.yaml"
    assert load_experiment(path).name == yaml.safe_load(path.read_text(encoding="utf-8"))["name"]
