"""What libraries and programs say that nobody can act on stays off the screen."""

import subprocess
from pathlib import Path

import pytest
from lm_eval import evaluator

from bias_inherit.models.quiet import without_gits_complaint


def test_the_harness_asks_for_a_commit_in_silence(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with without_gits_complaint():
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
    with without_gits_complaint():
        ours = evaluator.get_git_commit_hash()
    assert ours
    assert ours == evaluator.get_git_commit_hash()
