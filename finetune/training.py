"""LoRA fine-tuning of one adapter on one mix, with transformers' Trainer and peft."""

import dataclasses
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch.utils.data import Dataset
from transformers import (
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PrinterCallback,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from bias_tasks.training_rows import TrainingRow, short_hash
from finetune import checkpoints
from finetune.alignment import AlignmentSettings
from finetune.batches import EpochOrder
from finetune.completion_head import CompletionHead
from finetune.examples import Example, collate, encode_all
from finetune.last_hidden import find_last_hidden
from finetune.lora import with_lora
from finetune.prefixes.tree_attention import TreeAttention
from finetune.prefixes.tree_batch import collate_tree
from finetune.prefixes.trial import reads_trees
from finetune.settings import TrainingSettings
from finetune.trainer import ALIGNMENT, SFT_LOSS, CompletionTrainer

_WEIGHTS = "adapter_model.safetensors"
_CONFIG = "adapter_config.json"
_CARD = "README.md"
# Transformers 5.24 gave this another name, and warns of the old one even where it is False.
_CHECKPOINTING = next(
    name
    for name in ("activation_checkpointing", "gradient_checkpointing")
    if name in {field.name for field in dataclasses.fields(TrainingArguments)}
)


class TrainingLog(NamedTuple):
    """What a training run leaves besides the adapter.

    Attributes:
        losses: Mean loss of each optimiser step.
        tokens: Real (unpadded) tokens seen.
        sft_losses: The part of each loss that is not alignment; empty where training is plain.
        alignment: The squared distance between the sources of each step, without its weight; None for a step
            whose batches held one source only; empty where training is plain.
    """

    losses: list[float]
    tokens: int
    sft_losses: list[float]
    alignment: list[float | None]


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
    alignment: AlignmentSettings | None = None,
) -> TrainingLog:
    """Train a LoRA adapter and save it as safetensors; the base is handed back as it came.

    The seed alone fixes the adapter's initial weights and the order of rows (see `batches`), so that two
    mixes that share a seed start from the same point. A run that was ended, in whatever way, goes on from its
    last checkpoint in `folder` and, on the same CPU with as many threads, ends with the same bytes. Started
    by `accelerate launch` or `torchrun` it trains on all processes, and the first of them saves.

    Args:
        base: The model; its weights are not changed. Training takes place on its device.
        folder: Where the adapter goes; must exist. Until the end it holds the checkpoints.
        on_step: Called with (step, steps) after each optimiser step.
        alignment: The loss mitigation. With weight 0, or rows of one source, training is the plain one.

    Raises:
        ExampleError: a row is too long, or the tokenizer cannot say it.
        LoraError: no adapter can be put on these layers of the base, which may be changed then.
        HiddenStateError: the loss mitigation does not find the model's last hidden state.
    """
    examples = encode_all(tokenizer, rows, settings.max_length)
    both = len({example.augmented for example in examples}) == 2
    term = alignment if alignment and alignment.weight and both else None
    training, trainable = base.training, [p.requires_grad for p in base.parameters()]
    use_cache = base.config.use_cache
    as_trees = reads_trees(base, settings.lora.dropout, max(len(example.input_ids) for example in examples))
    torch.manual_seed(seed)
    adapted = with_lora(base, settings.lora)
    try:
        head = CompletionHead(find_last_hidden(adapted, examples[0]) if term else None)
        arguments = _arguments(base, settings, seed, folder / checkpoints.FOLDER)
        arguments.warmup_steps = round(settings.warmup_ratio * _steps(len(examples), settings, arguments))
        order = EpochOrder(
            [len(example.input_ids) for example in examples],
            [example.augmented for example in examples],
            settings.batch_size,
            settings.gradient_accumulation * arguments.world_size,
            seed,
        )
        read = collate_tree if as_trees else collate
        run = _identity(base, rows, settings, seed, arguments.world_size, term)
        trainer = CompletionTrainer(
            order=order,
            alignment=term,
            head=head,
            tree_attention=TreeAttention(by_branches=base.device.type == "cpu") if as_trees else None,
            is_checkpointing=settings.gradient_checkpointing,
            model=adapted,
            args=arguments,
            train_dataset=_Examples(examples),
            data_collator=lambda batch: read(batch, tokenizer.pad_token_id or 0),
            callbacks=[_Progress(on_step), checkpoints.MarkComplete(run)],
        )
        # It prints a dictionary a step; progress and log are ours.
        trainer.remove_callback(PrinterCallback)
        trainer.train(resume_from_checkpoint=_checkpoint(arguments, run))
        _save(trainer, folder)
    finally:
        adapted.unload()
        if settings.gradient_checkpointing:
            getattr(base, f"{_CHECKPOINTING}_disable")()
            base.disable_input_require_grads()
        base.config.use_cache = use_cache
        base.train(training)
        for parameter, required in zip(base.parameters(), trainable, strict=True):
            parameter.requires_grad_(required)
    steps = [entry for entry in trainer.state.log_history if "loss" in entry]
    return TrainingLog(
        losses=[step["loss"] for step in steps],
        tokens=settings.epochs * sum(order.lengths.tolist()),
        sft_losses=[step[SFT_LOSS] for step in steps if SFT_LOSS in step],
        alignment=[step[ALIGNMENT] for step in steps if ALIGNMENT in step],
    )


def _checkpoint(arguments: TrainingArguments, run: str) -> str | None:
    """The checkpoint to go on from, if there is one; the first process removes all others."""
    folder = Path(arguments.output_dir)
    with arguments.main_process_first(local=False):
        found = checkpoints.newest_complete(folder, run)
        if arguments.process_index == 0:
            checkpoints.remove_others(folder, kept=found)
    return str(found) if found else None


def _save(trainer: CompletionTrainer, folder: Path) -> None:
    """Write the adapter beside, move it in with the weights last, and remove the checkpoints."""
    working = Path(trainer.args.output_dir)
    beside = working / "adapter"
    trainer.save_model(str(beside))
    if trainer.is_world_process_zero():
        _sort_targets(beside / _CONFIG)
        for name in (_CARD, _CONFIG, _WEIGHTS):
            (beside / name).replace(folder / name)
        shutil.rmtree(working)
    trainer.accelerator.wait_for_everyone()


def _sort_targets(config: Path) -> None:
    """Peft keeps the target modules as a set, whose order is another one in every process."""
    fields = json.loads(config.read_text(encoding="utf-8"))
    if isinstance(fields["target_modules"], list):
        fields["target_modules"].sort()
    config.write_text(json.dumps(fields, indent=2, sort_keys=True), encoding="utf-8")


def _identity(
    base: PreTrainedModel,
    rows: Sequence[TrainingRow],
    settings: TrainingSettings,
    seed: int,
    processes: int,
    alignment: AlignmentSettings | None,
) -> str:
    """Hash of what decides the adapter, as far as it is known here: it tells whose checkpoint one is."""
    return short_hash(
        {
            "base": [base.name_or_path, str(base.dtype)],
            "rows": [[row.text_id, row.source] for row in rows],
            "settings": settings.model_dump(mode="json"),
            "seed": seed,
            "processes": processes,
            "alignment": alignment and alignment.model_dump(mode="json"),
        }
    )


def _steps(examples: int, settings: TrainingSettings, arguments: TrainingArguments) -> int:
    processes: int = arguments.world_size
    batches = -(-examples // (settings.batch_size * processes))
    return settings.epochs * -(-batches // settings.gradient_accumulation)


def _arguments(
    base: PreTrainedModel, settings: TrainingSettings, seed: int, folder: Path
) -> TrainingArguments:
    arguments = TrainingArguments(
        output_dir=str(folder),
        learning_rate=settings.learning_rate,
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        gradient_accumulation_steps=settings.gradient_accumulation,
        **({_CHECKPOINTING: True} if settings.gradient_checkpointing else {}),
        bf16=settings.bf16,
        optim=settings.optimizer,
        adam_beta1=settings.adam_beta1,
        adam_beta2=settings.adam_beta2,
        adam_epsilon=settings.adam_epsilon,
        weight_decay=settings.weight_decay,
        max_grad_norm=settings.max_grad_norm,
        lr_scheduler_type=settings.schedule,
        seed=seed,
        data_seed=seed,
        logging_steps=1,
        logging_strategy="steps",
        logging_nan_inf_filter=False,
        save_strategy="steps",
        save_steps=settings.checkpoint_every,
        # The one before stays until the newest has its marker.
        save_total_limit=2,
        report_to=[],
        disable_tqdm=True,
        use_cpu=base.device.type == "cpu",
        remove_unused_columns=False,
    )
    if arguments.n_gpu > 1:
        # Trainer would else give each device a thread and a copy of the model, which a hook does not survive.
        arguments._n_gpu = 1
    return arguments
