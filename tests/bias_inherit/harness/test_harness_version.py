"""An lm-eval that these tasks are not tested with is told with the version that can."""

import os
from pathlib import Path

import pytest
from packaging.version import Version
from tests_support import call

from bias_inherit.harness import harness_version
from bias_inherit.kit.errors import RunError


def test_the_installed_harness_is_one_that_is_declared() -> None:
    harness_version.require_harness()


def test_the_last_version_that_pools_errors_of_groups_otherwise_is_excluded() -> None:
    assert Version("0.4.12") not in harness_version.declared().specifier
    assert Version("0.4.13") in harness_version.declared().specifier


def test_an_older_one_is_told_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness_version, "version", lambda _: "0.4.12")
    with pytest.raises(RunError, match=r"^lm-eval 0\.4\.12 is none .*pip install 'lm-eval.*>=0\.4\.13"):
        harness_version.require_harness()


@pytest.mark.parametrize("command", ["register", "task-path", "validate"])
def test_every_command_that_hands_out_tasks_says_it_in_a_line(command: str, tmp_path: Path) -> None:
    # An older harness for this process alone: its metadata come first on the path.
    metadata = tmp_path / "lm_eval-0.4.10.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: lm_eval\nVersion: 0.4.10\n")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    done = call(command, PYTHONPATH=path)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "lm-eval 0.4.10 is none that these tasks are tested with" in done.stderr
