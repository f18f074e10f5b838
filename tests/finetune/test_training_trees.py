"""A training that reads batches as trees learns what one that reads them row by row does, of fewer tokens."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from training_support import ADAPTER, changed
from transformers import PreTrainedModel

from bias_tasks.training_rows import TrainingRow
from finetune import training
from finetune.alignment import AlignmentSettings
from finetune.training import TrainingLog

MakeRows = Callable[..., list[TrainingRow]]
Train = Callable[..., TrainingLog]


@pytest.fixture
def twins(make_rows: MakeRows) -> list[TrainingRow]:
    """Rows of which half say the same but for a word, as a mask or a sentence leaves them."""
    rows = make_rows(12)
    words = [row.model_copy(update={"source": "augmented"}) for row in rows[:8]]
    return [*rows, *words]


@pytest.fixture
def both(train: Train, twins: list[TrainingRow], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Logs and adapters of the two readings."""

    def run(**options: Any) -> list[tuple[TrainingLog, dict[str, torch.Tensor]]]:
        found = []
        for name, as_trees in (("trees", True), ("rows", False)):
            monkeypatch.setattr(training, "reads_trees", lambda *_, answer=as_trees: answer)
            log = train(tmp_path / name, twins, **options)
            found.append((log, load_file(tmp_path / name / ADAPTER)))
        return found

    return run


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"gradient_accumulation": 2, "batch_size": 3},
        {"gradient_checkpointing": True},
        {"batch_size": 20},
    ],
    ids=["plain", "accumulation", "checkpointing", "one batch"],
)
@pytest.mark.parametrize("alignment", [None, AlignmentSettings(weight=0.1)], ids=["no term", "loss"])
def test_every_step_s_loss_and_the_adapter_are_the_same_to_rounding(
    changes: dict[str, Any], alignment: AlignmentSettings | None, both: Any
) -> None:
    (trees, adapter), (rows, wanted) = both(settings=changed(**changes), alignment=alignment)
    assert trees.losses == pytest.approx(rows.losses, abs=1e-4)
    assert trees.sft_losses == pytest.approx(rows.sft_losses, abs=1e-4)
    assert trees.tokens == rows.tokens
    torch.testing.assert_close(adapter, wanted, rtol=0.02, atol=2e-4)


def test_in_bfloat16_they_are_the_same_to_its_rounding(both: Any) -> None:
    (trees, _), (rows, _) = both(settings=changed(bf16=True))
    assert trees.losses == pytest.approx(rows.losses, rel=0.02)


def test_fewer_tokens_are_read(base: PreTrainedModel, both: Any) -> None:
    read: list[int] = []
    base.get_input_embeddings().register_forward_hook(lambda _, inputs, __: read.append(inputs[0].numel()))
    both(settings=changed(epochs=1))
    half = len(read) // 2
    assert sum(read[:half]) < 0.8 * sum(read[half:])
