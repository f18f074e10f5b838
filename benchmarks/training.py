"""Fine-tuning here against a plain TRL SFTTrainer script: speed, loss and memory on the same rows.

    pip install 'bias-inherit[benchmark]'
    python benchmarks/training.py --model "$(bias-inherit embedded-model)"
    git worktree add ../before v0.1.0; python benchmarks/training.py … --before ../before --kinds ours before
    python benchmarks/training.py … --profile

Every run is a process of its own, one after another and in turns. All share rows (tokenised once, by this
project), adapter, initial weights, optimiser and schedule. The kinds of run:

- ours:                  `finetune.training.train_adapter`
- ours, row by row:      the same for a model that reads no trees
- before:                the same of another version of this project, in a folder of its own
- TRL:                   SFTTrainer: random order, each batch padded to its longest row
- TRL, our order:        the same with the rows in our order, so that losses can be compared step by step
- ours, checkpointing:   with gradient checkpointing: less memory, slower
- TRL, checkpointing:    the same; it is TRL's default

Tokens are real ones, without padding. The clock runs from the end of the first step to that of the last. On a
machine that does other work too, compare tokens by second of CPU time, and set OMP_NUM_THREADS=1.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

KINDS = (
    "ours",
    "ours, row by row",
    "before",
    "TRL",
    "TRL, our order",
    "ours, checkpointing",
    "TRL, checkpointing",
)
OUR_ORDER = ("ours, row by row", "before", "TRL, our order", "ours, checkpointing")
SEED = 0


class Run(NamedTuple):
    """What one process measured."""

    tokens: int
    padding: float
    seconds: float
    cpu_seconds: float
    losses: list[float]
    peak_mib: float


class Moment(NamedTuple):
    """The end of a step: by the clock, and by the processor's time of this process."""

    clock: float
    processor: float

    @classmethod
    def now(cls) -> "Moment":
        return cls(time.perf_counter(), time.process_time())


def main() -> None:
    options = _options()
    if options.profile:
        print(_profile(options))
        return
    if options.kind:
        print(json.dumps(_measure(options)._asdict()))
        return
    chosen = options.kinds or [kind for kind in KINDS if kind != "before" or options.before]
    runs: dict[str, list[Run]] = {kind: [] for kind in chosen}
    for turn in range(options.turns):
        for kind in chosen:
            print(f"turn {turn + 1} of {options.turns}: {kind}", file=sys.stderr)
            runs[kind].append(_in_own_process(kind, options.before if kind == "before" else None))
    print(_table(runs))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fine-tuning against a plain TRL script.")
    parser.add_argument("--model", required=True, help="folder or hub id")
    parser.add_argument("--rows", type=int, default=96)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--domain", choices=("gender", "culture", "mixed"), default="gender")
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--before", help="folder of another version of this project")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, help="by default all")
    parser.add_argument("--kind", choices=KINDS, help="do one run in this process and print it as JSON")
    parser.add_argument("--profile", action="store_true", help="where the time of ours goes, by operator")
    return parser.parse_args()


def _in_own_process(kind: str, version: str | None) -> Run:
    command = [sys.executable, *sys.argv, "--kind", kind]
    environment = {**os.environ, "PYTHONPATH": version} if version else None
    output = subprocess.run(  # noqa: S603
        command, check=True, capture_output=True, text=True, env=environment
    ).stdout
    return Run(**json.loads(output.splitlines()[-1]))


def _table(runs: dict[str, list[Run]]) -> str:
    other = next(kind for kind in ("TRL", "before", *runs) if kind in runs)
    lines = [
        f"| run | tokens/s | to {other} | tokens/CPU s | to {other} | padding | peak MiB | to {other} "
        "| last loss | mean loss |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    by_clock = {kind: median(run.tokens / run.seconds for run in runs[kind]) for kind in runs}
    by_processor = {kind: median(run.tokens / run.cpu_seconds for run in runs[kind]) for kind in runs}
    peaks = {kind: median(run.peak_mib for run in runs[kind]) for kind in runs}
    for kind, of_kind in runs.items():
        first = of_kind[0]
        lines.append(
            f"| {kind} | {by_clock[kind]:.0f} | {by_clock[kind] / by_clock[other]:.2f} "
            f"| {by_processor[kind]:.0f} | {by_processor[kind] / by_processor[other]:.2f} "
            f"| {first.padding:.1%} | {peaks[kind]:.0f} | {peaks[kind] / peaks[other]:.2f} "
            f"| {first.losses[-1]:.5f} | {sum(first.losses) / len(first.losses):.5f} |"
        )
    if "ours" in runs:
        ours = runs["ours"][0].losses
        for kind in [kind for kind in OUR_ORDER if kind in runs]:
            difference = max(abs(a - b) for a, b in zip(ours, runs[kind][0].losses, strict=True))
            lines += ["", f"largest difference of a step's loss, ours to {kind}: {difference:.1e}"]
    return "\n".join(lines)


def _profile(options: argparse.Namespace) -> str:
    from torch.profiler import ProfilerActivity, profile

    options.kind = "ours"
    with profile(activities=[ProfilerActivity.CPU]) as profiled:
        _measure(options)
    operators: str = profiled.key_averages().table(sort_by="self_cpu_time_total", row_limit=12)
    return operators


def _measure(options: argparse.Namespace) -> Run:
    os.environ["HF_HUB_OFFLINE"] = "1"
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from finetune.batches import EpochOrder
    from finetune.examples import encode
    from finetune.settings import preset

    settings = preset(
        "embedded",
        epochs=1,
        batch_size=options.batch_size,
        gradient_checkpointing=options.kind.endswith("checkpointing"),
        checkpoint_every=10**6,
    )
    model = AutoModelForCausalLM.from_pretrained(options.model, dtype="float32")
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    rows = _rows(options.domain, options.rows)
    examples = [encode(tokenizer, row, settings.max_length) for row in rows]
    order = EpochOrder(
        [len(example.input_ids) for example in examples],
        [example.augmented for example in examples],
        settings.batch_size,
        1,
        SEED,
    )
    ends: list[Moment] = []
    if options.kind.startswith(("ours", "before")):
        if options.kind == "ours, row by row":
            _read_no_trees()
        losses, batches = _ours(model, tokenizer, rows, settings, ends), order.batches(0)
    else:
        losses, batches = _trl(options.kind, model, tokenizer, examples, order, settings, ends)
    lengths = [[len(examples[place].input_ids) for place in batch] for batch in batches]
    return Run(
        tokens=sum(map(sum, lengths[1:])),
        padding=1 - sum(map(sum, lengths)) / sum(len(batch) * max(batch) for batch in lengths),
        seconds=ends[-1].clock - ends[0].clock,
        cpu_seconds=ends[-1].processor - ends[0].processor,
        losses=losses,
        peak_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def _rows(domain: str, rows: int) -> list[Any]:
    from finetune.originals import culture, gender

    if domain == "mixed":
        return gender.originals(rows // 2, SEED) + culture.originals(rows - rows // 2, SEED)
    originals: list[Any] = {"gender": gender, "culture": culture}[domain].originals(rows, SEED)
    return originals


def _read_no_trees() -> None:
    from finetune import training

    training.reads_trees = lambda *_: False  # type: ignore[attr-defined]


def _ours(model: Any, tokenizer: Any, rows: Any, settings: Any, ends: list[Moment]) -> list[float]:
    from finetune.training import train_adapter

    with tempfile.TemporaryDirectory() as folder:
        log = train_adapter(
            model, tokenizer, rows, settings, SEED, Path(folder), lambda *_: ends.append(Moment.now())
        )
    return log.losses


def _trl(
    kind: str, model: Any, tokenizer: Any, examples: Any, order: Any, settings: Any, ends: list[Moment]
) -> tuple[list[float], list[list[int]]]:
    import torch
    from datasets import Dataset
    from peft import LoraConfig, get_peft_model
    from transformers import TrainerCallback
    from trl import SFTConfig, SFTTrainer

    from finetune.examples import IGNORED

    class Clock(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, *_: Any, **__: Any) -> None:
            ends.append(Moment.now())

    steps = -(-len(examples) // settings.batch_size)
    torch.manual_seed(SEED)
    lora = LoraConfig(
        r=settings.lora.rank,
        lora_alpha=settings.lora.alpha,
        lora_dropout=settings.lora.dropout,
        target_modules=settings.lora.targets,
        task_type="CAUSAL_LM",
    )
    places = [place for batch in order.batches(0) for place in batch]
    dataset = Dataset.from_list(
        [
            {
                "input_ids": ids,
                "labels": [IGNORED] * prompt_length + ids[prompt_length:],
                "place": place,
            }
            for place in places
            for ids, prompt_length, _ in (examples[place],)
        ]
    )
    batches: list[list[int]] = []
    with tempfile.TemporaryDirectory() as folder:
        trainer = SFTTrainer(
            model=get_peft_model(model, lora),
            args=SFTConfig(
                output_dir=folder,
                learning_rate=settings.learning_rate,
                num_train_epochs=settings.epochs,
                per_device_train_batch_size=settings.batch_size,
                warmup_steps=round(settings.warmup_ratio * steps),
                lr_scheduler_type=settings.schedule,
                optim=settings.optimizer,
                adam_beta1=settings.adam_beta1,
                adam_beta2=settings.adam_beta2,
                adam_epsilon=settings.adam_epsilon,
                weight_decay=settings.weight_decay,
                max_grad_norm=settings.max_grad_norm,
                max_length=settings.max_length,
                seed=SEED,
                bf16=False,
                gradient_checkpointing=settings.gradient_checkpointing,
                train_sampling_strategy="sequential" if kind == "TRL, our order" else "random",
                remove_unused_columns=False,
                logging_steps=1,
                save_strategy="no",
                report_to=[],
                disable_tqdm=True,
                use_cpu=True,
            ),
            train_dataset=dataset,
            processing_class=tokenizer,
            callbacks=[Clock()],
        )
        collate = trainer.data_collator

        def collate_and_note(rows: list[dict[str, Any]]) -> Any:
            batches.append([row.pop("place") for row in rows])
            return collate(rows)

        trainer.data_collator = collate_and_note
        trainer.train()
    return [entry["loss"] for entry in trainer.state.log_history if "loss" in entry], batches


if __name__ == "__main__":
    main()
