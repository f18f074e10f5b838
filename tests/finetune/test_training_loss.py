"""What is trained equals plain training by transformers' Trainer, however the steps are cut and computed."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file
from training_support import ADAPTER, SETTINGS, changed
from transformers import (
    AutoModelForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    Trainer,
    TrainingArguments,
)

from bias_tasks.training_rows import TrainingRow
from finetune.batches import EpochOrder
from finetune.examples import collate, encode
from finetune.training import TrainingLog

MakeRows = Callable[..., list[TrainingRow]]
Train = Callable[..., TrainingLog]


@pytest.fixture
def mixed(make_rows: MakeRows) -> list[TrainingRow]:
    return [*make_rows(15), *make_rows(9, "augmented")]


def plain_trainer(
    tiny_model: Path,
    tokenizer: PreTrainedTokenizerBase,
    rows: list[TrainingRow],
    accumulation: int,
    folder: Path,
) -> tuple[list[float], dict[str, torch.Tensor]]:
    """Losses and adapter of transformers' own loss over all logits, on the rows in our order."""
    examples = [encode(tokenizer, row, max_length=512) for row in rows]
    lengths = [len(example.input_ids) for example in examples]
    order = EpochOrder(lengths, [example.augmented for example in examples], 4, accumulation, seed=5)

    def batch(chosen: list[Any]) -> dict[str, torch.Tensor]:
        tensors = collate(chosen, tokenizer.pad_token_id)
        return {name: tensor for name, tensor in tensors.items() if name != "augmented"}

    model = AutoModelForCausalLM.from_pretrained(tiny_model)
    torch.manual_seed(5)
    lora = LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM")
    trainer = Trainer(
        model=get_peft_model(model, lora),
        args=TrainingArguments(
            output_dir=str(folder),
            learning_rate=1e-2,
            num_train_epochs=1,
            per_device_train_batch_size=4,
            gradient_accumulation_steps=accumulation,
            warmup_steps=round(0.1 * 6 / accumulation),
            lr_scheduler_type="cosine",
            train_sampling_strategy="sequential",
            logging_steps=1,
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
            use_cpu=True,
            remove_unused_columns=False,
        ),
        train_dataset=[examples[place] for place in order],
        data_collator=batch,
    )
    trainer.train()
    trainer.model.save_pretrained(folder)
    return [entry["loss"] for entry in trainer.state.log_history if "loss" in entry], load_file(
        folder / ADAPTER
    )


@pytest.mark.parametrize("accumulation", [1, 2])
def test_losses_and_adapter_are_those_of_a_plain_trainer(
    accumulation: int,
    train: Train,
    tiny_model: Path,
    tokenizer: PreTrainedTokenizerBase,
    mixed: list[TrainingRow],
    tmp_path: Path,
) -> None:
    settings = changed(epochs=1, gradient_accumulation=accumulation)
    log = train(tmp_path / "ours", mixed, settings=settings)
    losses, weights = plain_trainer(tiny_model, tokenizer, mixed, accumulation, tmp_path / "plain")
    assert len(losses) == 6 // accumulation
    assert log.losses == pytest.approx(losses, abs=1e-4)
    ours = load_file(tmp_path / "ours" / ADAPTER)
    torch.testing.assert_close(ours, weights, rtol=0.02, atol=2e-4)


def test_a_step_learns_the_same_in_one_batch_and_in_several(
    train: Train, mixed: list[TrainingRow], tmp_path: Path
) -> None:
    whole = train(tmp_path / "whole", mixed, settings=changed(batch_size=8))
    cut = train(tmp_path / "cut", mixed, settings=changed(batch_size=2, gradient_accumulation=4))
    assert cut.losses == pytest.approx(whole.losses, abs=1e-4)
    assert cut.tokens == whole.tokens


def test_gradient_checkpointing_changes_nothing_but_memory_and_time(
    train: Train, base: PreTrainedModel, mixed: list[TrainingRow], tmp_path: Path
) -> None:
    plain = train(tmp_path / "plain", mixed)
    saving = train(tmp_path / "saving", mixed, settings=changed(gradient_checkpointing=True))
    assert saving.losses == pytest.approx(plain.losses, abs=1e-5)
    assert not any(getattr(module, "gradient_checkpointing", False) for module in base.modules())


@pytest.mark.parametrize("checkpointing", [False, True])
def test_transformers_has_no_word_to_say_about_our_arguments(
    train: Train, mixed: list[TrainingRow], tmp_path: Path, checkpointing: bool
) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        train(tmp_path / "adapter", mixed, settings=changed(gradient_checkpointing=checkpointing))
    deprecated = {text for text in (str(warning.message) for warning in told) if "deprecated" in text}
    # What peft 0.21 reads of a model is peft's to change.
    assert {text for text in deprecated if not text.startswith("`is_gradient_checkpointing`")} == set()


def test_bfloat16_learns_too_and_leaves_the_adapter_in_float32(
    train: Train, mixed: list[TrainingRow], tmp_path: Path
) -> None:
    exact = train(tmp_path / "exact", mixed)
    rounded = train(tmp_path / "rounded", mixed, settings=changed(bf16=True))
    assert rounded.losses != exact.losses
    assert rounded.losses[0] == pytest.approx(exact.losses[0], rel=0.02)
    assert {tensor.dtype for tensor in load_file(tmp_path / "rounded" / ADAPTER).values()} == {torch.float32}


def test_a_base_in_bfloat16_is_trained_with_an_adapter_in_float32(
    train: Train, base: PreTrainedModel, mixed: list[TrainingRow], tmp_path: Path
) -> None:
    base.to(torch.bfloat16)
    losses = train(tmp_path / "a", mixed, settings=changed(bf16=True, epochs=6)).losses
    assert sum(losses[-3:]) < 0.8 * sum(losses[:3])
    assert {tensor.dtype for tensor in load_file(tmp_path / "a" / ADAPTER).values()} == {torch.float32}
    assert base.dtype == torch.bfloat16


@pytest.mark.parametrize(
    "change",
    [
        {"schedule": "linear"},
        {"schedule": "constant_with_warmup"},
        {"warmup_ratio": 0.5},
        {"weight_decay": 0.5},
        {"adam_beta1": 0.5},
        {"adam_beta2": 0.5},
        {"adam_epsilon": 1e-2},
        {"max_grad_norm": 1e-3},
    ],
)
def test_every_setting_reaches_the_optimiser(change: dict[str, Any], train: Train, tmp_path: Path) -> None:
    train(tmp_path / "plain")
    train(tmp_path / "changed", settings=changed(**change))
    assert (tmp_path / "plain" / ADAPTER).read_bytes() != (tmp_path / "changed" / ADAPTER).read_bytes()


def test_training_takes_place_in_the_steps_that_the_settings_give(train: Train, tmp_path: Path) -> None:
    # Ten rows in batches of two: five batches an epoch, hence three steps of up to two.
    settings = changed(batch_size=2, gradient_accumulation=2, epochs=3)
    assert len(train(tmp_path / "a", settings=settings).losses) == 3 * 3
    assert SETTINGS.gradient_accumulation == 1
