"""A whole experiment on the tiny model, run once through the command line; and runs of the bare harness."""

from pathlib import Path
from typing import NamedTuple

import pytest
from tests_support import Finished, call, experiment, harness, write


@pytest.fixture(scope="session")
def finished(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The undisturbed run."""
    folder = tmp_path_factory.mktemp("finished")
    file = write(folder, experiment(tiny_model))
    done = call("run", file, "--out", folder / "run")
    assert done.returncode == 0, done.stderr
    return Finished(file, folder / "run", done.stdout)


class HarnessRuns(NamedTuple):
    """Output folders of `lm_eval --log_samples`, without our runner.

    Attributes:
        plain, other: Two models on the first documents of the ten tasks.
        chat: The first model in its chat template.
    """

    plain: Path
    other: Path
    chat: Path


@pytest.fixture(scope="session")
def harness_runs(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> HarnessRuns:
    """Three ordinary runs of the harness's command line."""
    folder = tmp_path_factory.mktemp("harness")
    other = _another(tiny_model, folder / "another-model")
    runs = HarnessRuns(folder / "plain", folder / "other", folder / "chat")
    harness(
        [
            [tiny_model, runs.plain],
            [other, runs.other],
            [tiny_model, runs.chat, "--apply_chat_template"],
        ]
    )
    return runs


def _another(tiny_model: Path, folder: Path) -> Path:
    """A model as the tiny one is, of other random weights."""
    import torch
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    with torch.random.fork_rng():
        torch.manual_seed(1)
        LlamaForCausalLM(LlamaConfig.from_pretrained(tiny_model)).save_pretrained(folder)
    AutoTokenizer.from_pretrained(tiny_model).save_pretrained(folder)
    return folder
