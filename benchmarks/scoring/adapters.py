"""Seconds to score several adapters of one base: each by a command line of its own, or in one process.

    TQDM_DISABLE=1 HF_HUB_OFFLINE=1 python -m benchmarks.scoring.adapters --limit 24

Three ways, in turns, on the same documents of the tasks that are answered by log-likelihood: an `lm_eval`
process for each adapter; the harness's model in one process with the adapters swapped; ours so. In one
process the base is loaded and the tasks are found once; that is told apart.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from lm_eval import simple_evaluate
from lm_eval.models.huggingface import HFLM
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

from benchmarks.scoring.setting import TaskSet, model_folder, task_set, with_random_adapter
from bias_inherit.harness.register_tasks import task_folder
from bias_inherit.models.scorer.language_model import PrefixSharingLM


def main(
    model: Annotated[str | None, typer.Option(help="By default the embedded model.")] = None,
    limit: Annotated[int, typer.Option(help="Documents a task; 0 for all.")] = 24,
    adapters: Annotated[int, typer.Option(help="How many.")] = 4,
    batch_size: Annotated[int, typer.Option(help="Of the harness's model.")] = 16,
    chat_template: Annotated[bool, typer.Option("--chat-template")] = False,
    cpu_time: Annotated[
        bool,
        typer.Option("--cpu-time", help="Of the processor, not of the clock: for a machine that others use."),
    ] = False,
    device: Annotated[str, typer.Option()] = "cpu",
) -> None:
    """Print the table, in Markdown."""
    clock = processor_time if cpu_time else time.perf_counter
    folder = model_folder(model)
    with tempfile.TemporaryDirectory() as work:
        saved = [save_adapter(folder, number, Path(work)) for number in range(adapters)]
        start = clock()
        adapted = load(folder, saved, device)
        common: dict[str, Any] = {"pretrained": adapted, "tokenizer": AutoTokenizer.from_pretrained(folder)}
        hf, ours = HFLM(**common, batch_size=batch_size), PrefixSharingLM(**common)
        chosen = task_set("bias_inherit", limit or None)
        once = clock() - start
        options = ["--batch_size", str(batch_size), "--device", device]
        options += ["--apply_chat_template"] if chat_template else []
        seconds: dict[str, list[float]] = {"command line": [], "hf": [], "ours": []}
        for number, adapter in enumerate(saved):
            adapted.set_adapter(adapter.name)
            ways: list[tuple[str, Callable[[], None]]] = [
                ("command line", partial(by_command_line, folder, adapter, chosen, options)),
                ("hf", lambda: evaluate(hf, chosen, chat_template)),
                ("ours", lambda: evaluate(ours, chosen, chat_template)),
            ]
            for name, way in ways if number % 2 == 0 else ways[::-1]:
                start = clock()
                way()
                seconds[name].append(clock() - start)
    totals = {
        "command line": sum(seconds["command line"]),
        "hf": once + sum(seconds["hf"]),
        "ours": once + sum(seconds["ours"]),
    }
    print(
        f"{Path(folder).name}, {adapters} adapters, {limit or 'all'} documents a task, "
        f"chat template {'on' if chat_template else 'off'}, {device}, "
        f"{torch.get_num_threads()} threads, seconds of {'the processor' if cpu_time else 'the clock'}\n"
    )
    print("| | each adapter, s | all, s | times ours |\n|---|---|---|---|")
    for name, total in totals.items():
        each = ", ".join(f"{taken:.1f}" for taken in seconds[name])
        print(f"| {name} | {each} | {total:.1f} | {total / totals['ours']:.2f} |")
    print(f"\nOnce in one process: {once:.1f} s (base, adapters, tasks).")


def processor_time() -> float:
    """Of this process and of those that it started and that have ended."""
    return sum(os.times()[:4])


def save_adapter(folder: str, number: int, work: Path) -> Path:
    """A random adapter on disk."""
    saved = work / f"adapter-{number}"
    with_random_adapter(AutoModelForCausalLM.from_pretrained(folder), seed=number).save_pretrained(saved)
    return saved


def load(folder: str, adapters: list[Path], device: str) -> PeftModel:
    """The base with all adapters, none of them merged."""
    base = AutoModelForCausalLM.from_pretrained(folder).to(device)
    model = PeftModel.from_pretrained(base, str(adapters[0]), adapter_name=adapters[0].name)
    for adapter in adapters[1:]:
        model.load_adapter(str(adapter), adapter_name=adapter.name)
    return model.eval()


def evaluate(lm: HFLM, chosen: TaskSet, chat_template: bool) -> None:
    """As the score stage of an experiment does."""
    simple_evaluate(
        model=lm,
        tasks=list(chosen.tasks.values()),
        task_manager=chosen.manager,
        samples=chosen.documents,
        apply_chat_template=chat_template,
        fewshot_as_multiturn=chat_template,
        bootstrap_iters=0,
        log_samples=True,
    )


def by_command_line(folder: str, adapter: Path, chosen: TaskSet, options: list[str]) -> None:
    """The harness's own command line, on the same documents."""
    command = [
        *(sys.executable, "-m", "lm_eval", "--model", "hf"),
        *("--model_args", f"pretrained={folder},peft={adapter}", *options),
        *("--tasks", ",".join(chosen.tasks), "--samples", json.dumps(chosen.documents)),
        *("--include_path", str(task_folder()), "--output_path", str(adapter / "scores"), "--log_samples"),
    ]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own arguments


if __name__ == "__main__":
    typer.run(main)
