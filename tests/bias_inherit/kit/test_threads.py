"""Threads that wait sleep soon, unless the user has said how they should wait."""

import os
import subprocess
import sys

import pytest

from bias_inherit.kit.threads import TURNS, wait_briefly

SAYS_ITS_ENVIRONMENT = """
import os, sys
app = sys.modules["bias_inherit.cli.app"] = type(sys)("app")
app.app = lambda: print("torch" in sys.modules, os.environ.get("GOMP_SPINCOUNT"))
from bias_inherit.__main__ import main
main()
"""


@pytest.fixture(autouse=True)
def undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY"):
        monkeypatch.delenv(name, raising=False)


def test_waiting_threads_sleep_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    wait_briefly()
    assert os.environ["GOMP_SPINCOUNT"] == TURNS


@pytest.mark.parametrize(("name", "value"), [("GOMP_SPINCOUNT", "5"), ("OMP_WAIT_POLICY", "active")])
def test_what_the_user_chose_stands(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = {name: value}
    monkeypatch.setattr(os, "environ", dict(chosen))
    wait_briefly()
    assert os.environ == chosen


def test_the_command_decides_it_before_torch_is_loaded() -> None:
    said = subprocess.run(
        [sys.executable, "-c", SAYS_ITS_ENVIRONMENT], capture_output=True, text=True, check=True
    )
    assert said.stdout == f"False {TURNS}\n"
