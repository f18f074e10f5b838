"""Several processes train together, as under `accelerate launch` or `torchrun`; the first of them saves."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import training_support
from safetensors.torch import load_file
from tests_support import environment
from training_support import ADAPTER, changed

from bias_tasks.training_rows import TrainingRow
from finetune.alignment import AlignmentSettings
from finetune.training import TrainingLog

MakeRows = Callable[..., list[TrainingRow]]
Train = Callable[..., TrainingLog]


def test_two_processes_learn_what_one_learns_and_save_once(
    train: Train, make_rows: MakeRows, tiny_model: Path, tmp_path: Path
) -> None:
    rows = [*make_rows(10), *make_rows(6, "augmented")]
    alignment = AlignmentSettings(weight=0.1)
    folder = tmp_path / "two"
    folder.mkdir()
    job = {
        "model": str(tiny_model),
        "folder": str(folder),
        "originals": 10,
        "augmented": 6,
        "settings": changed(batch_size=4, checkpoint_every=1).model_dump(mode="json"),
        "alignment": alignment.model_dump(mode="json"),
    }
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [*launch, training_support.__file__, json.dumps(job)],
        capture_output=True,
        text=True,
        env=environment(PYTHONPATH=":".join(sys.path)),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    logs = [json.loads(path.read_text()) for path in tmp_path.glob("*.json")]
    assert len(logs) == 2
    assert logs[0] == logs[1]

    # One process with the same batches, one after another.
    cut = changed(batch_size=4, gradient_accumulation=2)
    one = train(tmp_path / "one", rows, settings=cut, alignment=alignment)
    assert len(one.losses) == 2 * 2
    for name in ("losses", "sft_losses", "alignment"):
        assert logs[0][name] == pytest.approx(getattr(one, name), rel=1e-3), name
    weights = load_file(tmp_path / "one" / ADAPTER)
    torch.testing.assert_close(load_file(folder / ADAPTER), weights, rtol=0.02, atol=2e-4)
    assert {path.name for path in folder.iterdir()} == {ADAPTER, "adapter_config.json", "README.md"}
