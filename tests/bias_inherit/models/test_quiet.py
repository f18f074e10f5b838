"""What libraries and programs say that nobody can act on stays off the screen."""

import subprocess
from functools import partial
from pathlib import Path

import pytest
from lm_eval import evaluator
from lm_eval.api import task
from tqdm import tqdm

from bias_inherit.models.quiet import quiet_harness


def test_the_harness_asks_for_a_commit_in_silence(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with quiet_harness():
        assert evaluator.get_git_commit_hash() is None
    assert capfd.readouterr().err == ""
    assert evaluator.get_git_commit_hash() is None
    assert "not a git repository" in capfd.readouterr().err


def test_a_commit_is_recorded_as_the_harness_records_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", *who, "commit", "-q", "--allow-empty", "-m", "first"], check=True)
    with quiet_harness():
        ours = evaluator.get_git_commit_hash()
    assert ours
    assert ours == evaluator.get_git_commit_hash()


def test_the_harness_draws_no_bars_for_requests_that_take_no_time(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    # Whatever the environment of the tests says of bars.
    monkeypatch.setattr(task, "tqdm", partial(tqdm, disable=False))
    with quiet_harness():
        assert list(task.tqdm([1, 2], total=2)) == [1, 2]
    assert capfd.readouterr().err == ""
    assert list(task.tqdm([1, 2], total=2)) == [1, 2]
    assert "2/2" in capfd.readouterr().err
