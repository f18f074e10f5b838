"""`bias-inherit status` and `bias-inherit clean`, on artifacts made without a model."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from instant import InstantExecutor, do, planned, write_experiment
from tests_support import call

from bias_inherit.engine.attempts import Attempts
from bias_inherit.kit.errors import RunError


def table(output: str) -> dict[str, list[str]]:
    """The counts by stage: row name -> done, running, failed, waiting."""
    rows = [line.split() for line in output.splitlines()]
    start = rows.index(["done", "running", "failed", "waiting"])
    return {row[0]: row[1:5] for row in rows[start + 1 :]}


def test_before_a_run_all_waits_and_no_folder_is_made(tmp_path: Path) -> None:
    done = call("status", write_experiment(tmp_path), "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    assert "nothing there yet" in done.stdout
    assert table(done.stdout)["all"] == ["0", "0", "0", "16"]
    assert not (tmp_path / "run").exists()


def test_what_failed_is_told_with_its_reason_and_what_hangs_on_it_waits(tmp_path: Path) -> None:
    file = write_experiment(tmp_path)
    _, plan, store = planned(file, tmp_path / "run")
    failing = {step.key for step in plan.steps if (step.stage, step.label) == ("train", "type 1, γ = 0.5")}
    with pytest.raises(RunError):
        do(plan, store, InstantExecutor(store, failing))
    told = call("status", file, "--out", tmp_path / "run").stdout
    assert "no run is at work" in told
    shown = [" ".join(line.split()) for line in told.splitlines()]
    assert "failed train type 1, γ = 0.5 made to fail" in shown
    assert "waiting score type 1, γ = 0.5 for train: type 1, γ = 0.5" in shown
    assert "done mix γ = 0 1 s" in shown
    assert table(told)["train"] == ["4", "0", "1", "0"]
    assert table(told)["all"] == ["14", "0", "1", "1"]
    assert "made with other versions, and stay: peft 0.0, now" in told


def test_while_a_run_is_at_work_it_tells_how_far_a_step_is(tmp_path: Path) -> None:
    file = write_experiment(tmp_path)
    _, plan, store = planned(file, tmp_path / "run")
    Attempts(store.root).begin(plan.steps[0])
    assert "running " not in call("status", file, "--out", tmp_path / "run").stdout.split("\n\n")[0]
    with store.locked():
        told = call("status", file, "--out", tmp_path / "run").stdout
    assert "a run is at work" in told
    assert table(told)["generate"] == ["0", "1", "0", "0"]


def test_status_loads_neither_torch_nor_the_harness(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom bias_inherit.cli.app import app\n"
        "app(sys.argv[1:], standalone_mode=False)\n"
        "print(sorted({'torch', 'transformers', 'lm_eval', 'datasets'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            code,
            "status",
            str(write_experiment(tmp_path)),
            "--out",
            str(tmp_path / "run"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_clean_removes_what_the_file_no_longer_asks_for_and_nothing_else(tmp_path: Path) -> None:
    _, plan, store = planned(write_experiment(tmp_path), tmp_path / "run")
    do(plan, store, InstantExecutor(store))
    file = write_experiment(tmp_path, mitigate={"methods": ["none"]})
    _, smaller, _ = planned(file, tmp_path / "run")
    surplus = {step.key for step in plan.steps} - {step.key for step in smaller.steps}
    (store.root / "work" / "train-0").mkdir()
    (store.root / "work" / "train-0" / "half").write_bytes(b"0" * 5_000)
    Attempts(store.root).fail(smaller.steps[0], "a reason", "")

    refused = call("clean", file, "--out", store.root)
    assert refused.returncode == 2
    assert "needs --yes" in refused.stderr
    assert len(list((store.root / "artifacts").iterdir())) == len(plan.steps)

    done = call("clean", file, "--out", store.root, "--yes")
    assert done.returncode == 0, done.stderr
    assert "train: type 1, γ = 0.5, token" in done.stdout
    assert "unfinished train-0" in done.stdout
    assert f"removed {len(surplus) + 2}, freed" in done.stdout
    left = {folder.name for folder in (store.root / "artifacts").iterdir()}
    assert left == {step.key for step in smaller.steps}
    assert not list((store.root / "failed").iterdir())
    assert "nothing to remove" in call("clean", file, "--out", store.root, "--yes").stdout


def test_clean_keeps_off_a_folder_where_a_run_is_at_work(tmp_path: Path) -> None:
    file = write_experiment(tmp_path)
    _, _, store = planned(file, tmp_path / "run")
    with store.locked():
        done = call("clean", file, "--out", store.root, "--yes")
    assert done.returncode == 1
    assert "another run is at work" in done.stderr


def test_clean_removes_nothing_where_it_cannot_tell_what_belongs(tmp_path: Path) -> None:
    file = write_experiment(tmp_path)
    _, plan, store = planned(file, tmp_path / "run")
    do(plan, store, InstantExecutor(store))
    other = write_experiment(tmp_path, model={"pretrained": "nobody/other"})
    done = call("clean", other, "--out", store.root, "--yes")
    assert done.returncode == 2
    assert "cannot be told here" in done.stderr
    assert len(list((store.root / "artifacts").iterdir())) == len(plan.steps)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a file system needs root")
def test_in_a_folder_that_cannot_be_written_status_works_and_what_writes_says_so(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let us mount a file system")
    try:
        file = write_experiment(tmp_path)
        _, plan, store = planned(file, disk / "run")
        do(plan, store, InstantExecutor(store), ["γ = 0"])
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        told = call("status", file, "--out", store.root)
        assert table(told.stdout)["all"] == ["3", "0", "0", "13"]
        cleaned = call("clean", file, "--out", store.root, "--yes")
        assert cleaned.returncode == 1
        assert cleaned.stderr == f"error: {store.root / '.lock'}: Read-only file system\n"
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)
