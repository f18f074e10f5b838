"""Rows to fine-tune on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from training_support import SETTINGS, short_rows

from bias_tasks.training_rows import Message, TrainingRow

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from finetune.training import TrainingLog

MakeRows = Callable[..., list[TrainingRow]]
Train = Callable[..., "TrainingLog"]


@pytest.fixture(scope="session")
def make_rows() -> MakeRows:
    """`make_rows(count, source)`: short distinct rows whose answer follows from the question."""
    return short_rows


@pytest.fixture
def base(tiny_model: Path) -> PreTrainedModel:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(tiny_model).eval()


@pytest.fixture(scope="module")
def tokenizer(tiny_model: Path) -> PreTrainedTokenizerBase:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_model)


@pytest.fixture
def train(base: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, make_rows: MakeRows) -> Train:
    """Train on the base into a folder, made if need be; ten rows unless others are given."""
    from finetune.training import train_adapter

    def run(folder: Path, rows: list[TrainingRow] | None = None, **changes: Any) -> TrainingLog:
        folder.mkdir(exist_ok=True)
        chosen = {"settings": SETTINGS, "seed": 5, "on_step": lambda step, steps: None, **changes}
        return train_adapter(base, tokenizer, rows or make_rows(10), folder=folder, **chosen)

    return run


@pytest.fixture
def row() -> TrainingRow:
    return TrainingRow(
        prompt=(Message(role="system", content="Be brief."), Message(role="user", content="Who works here?")),
        completion=(Message(role="assistant", content="nurse"),),
    )
