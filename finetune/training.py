"""LoRA fine-tuning of one adapter on one mix, with transformers' Trainer and peft."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from peft import LoraConfig, get_peft_model
from torch.utils.data import Dataset
from transformers import (
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from bias_tasks.training_rows import TrainingRow
from finetune.examples import Example, collate, encode
from finetune.settings import LoraSettings, TrainingSettings


class TrainingLog(NamedTuple):
    """What a training run leaves besides the adapter.

    Attributes:
        losses: Mean loss of each optimiser step.
        tokens: Real (unpadded) tokens seen.
    """

    losses: list[float]
    tokens: int


class _Examples(Dataset[Example]):
    def __init__(self, examples: Sequence[Example]) -> None:
        self.examples = examples

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, place: int) -> Example:
        return self.examples[place]


class _Progress(TrainerCallback):  # type: ignore[misc]
    def __init__(self, on_step: Callable[[int, int], None]) -> None:
        self.on_step = on_step

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        self.on_step(state.global_step, state.max_steps)


def train_adapter(
    base: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    rows: Sequence[TrainingRow],
    settings: TrainingSettings,
    seed: int,
    folder: Path,
    on_step: Callable[[int, int], None],
) -> TrainingLog:
    """Train a LoRA adapter and save it as safetensors; the base is handed back as it came.

    The seed alone fixes the adapter's initial weights and the order of rows, so that two mixes that
    share a seed start from the same point.

    Args:
        base: The model; its weights are not changed.
        folder: Where the adapter goes; must exist.
        on_step: Called with (step, steps) after each optimiser step.

    Raises:
        ExampleError: a row is too long.
    """
    examples = [encode(tokenizer, row, settings.max_length) for row in rows]
    training, trainable = base.training, [p.requires_grad for p in base.parameters()]
    torch.manual_seed(seed)
    adapted = get_peft_model(base, _lora_config(settings.lora))
    try:
        trainer = Trainer(
            model=adapted,
            args=_arguments(settings, seed, folder, steps=_steps(len(examples), settings)),
            train_dataset=_Examples(examples),
            data_collator=lambda batch: collate(batch, tokenizer.pad_token_id),
            callbacks=[_Progress(on_step)],
        )
        # It prints a dictionary a step; progress and log are ours.
        trainer.remove_callback(PrinterCallback)
        trainer.train()
        adapted.save_pretrained(folder)
        _sort_targets(folder / "adapter_config.json")
        losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    finally:
        adapted.unload()
        base.train(training)
        for parameter, required in zip(base.parameters(), trainable, strict=True):
            parameter.requires_grad_(required)
    tokens = settings.epochs * sum(len(example.input_ids) for example in examples)
    return TrainingLog(losses, tokens)


def _sort_targets(config: Path) -> None:
    """Peft keeps the target modules as a set, whose order is another one in every process."""
    fields = json.loads(config.read_text(encoding="utf-8"))
    if isinstance(fields["target_modules"], list):
        fields["target_modules"].sort()
    config.write_text(json.dumps(fields, indent=2, sort_keys=True), encoding="utf-8")


def _steps(examples: int, settings: TrainingSettings) -> int:
    return settings.epochs * -(-examples // settings.batch_size)


def _lora_config(lora: LoraSettings) -> LoraConfig:
    return LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=lora.targets if isinstance(lora.targets, str) else list(lora.targets),
        task_type="CAUSAL_LM",
    )


def _arguments(settings: TrainingSettings, seed: int, folder: Path, steps: int) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(folder),
        learning_rate=settings.learning_rate,
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        weight_decay=settings.weight_decay,
        warmup_steps=round(settings.warmup_ratio * steps),
        lr_scheduler_type="cosine",
        seed=seed,
        data_seed=seed,
        logging_steps=1,
        logging_strategy="steps",
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        use_cpu=not torch.cuda.is_available(),
        remove_unused_columns=False,
    )
