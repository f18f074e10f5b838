"""A whole experiment on the tiny model, run once through the command line."""

from pathlib import Path

import pytest
from tests_support import Finished, call, experiment, write


@pytest.fixture(scope="session")
def finished(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The undisturbed run."""
    folder = tmp_path_factory.mktemp("finished")
    file = write(folder, experiment(tiny_model))
    done = call("run", file, "--out", folder / "run")
    assert done.returncode == 0, done.stderr
    return Finished(file, folder / "run", done.stdout)
