"""The same study of six cells by scripts and by `bias-inherit run`: time of the clock, and of the processor.

    pip install 'bias-inherit[benchmark]'
    python -m benchmarks.experiment

Cells: γ = 0, and bias types 1 to 5 at γ = 0.5 of augmented rows that ship. By scripts: for each cell a
process of `train_with_trl.py`, then one of `lm_eval` with the adapter; the mixes are given to them. By the
runner: mixing, training, scoring. Both score the untouched base too. Same rows, settings, documents, device.
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
from typing import Annotated, Any, NamedTuple

import typer
import yaml

from benchmarks.scoring.setting import model_folder, task_set
from bias_inherit.harness.register_tasks import task_folder

BIAS_TYPES = (1, 2, 3, 4, 5)


class Seconds(NamedTuple):
    """Of the clock, and of the processor: on a machine that others use the second is the one to trust."""

    clock: float
    processor: float

    def plus(self, other: "Seconds") -> "Seconds":
        """The sum."""
        return Seconds(self.clock + other.clock, self.processor + other.processor)

    def __str__(self) -> str:
        return f"{self.clock:.0f} ({self.processor:.0f})"


def main(
    model: Annotated[str | None, typer.Option(help="By default the embedded model.")] = None,
    originals: Annotated[int, typer.Option(help="Rows.")] = 24,
    limit: Annotated[int, typer.Option(help="Documents a task, the first ones; 0 for all.")] = 48,
    write: Annotated[
        Path | None, typer.Option(help="Only write the runner's experiment file here, for a profiler.")
    ] = None,
) -> None:
    """Print the table, in Markdown."""
    folder = model_folder(model)
    tasks = task_set("bias_inherit", None).tasks
    documents = {name: list(range(min(limit or 10**9, len(task.eval_docs)))) for name, task in tasks.items()}
    declared = yaml.safe_dump(study(folder, originals, documents))
    if write:
        write.write_text(declared, encoding="utf-8")
        return
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        file = work / "study.yaml"
        file.write_text(declared, encoding="utf-8")
        by_runner = timed(
            lambda: run([sys.executable, "-m", "bias_inherit", "run", file, "--out", work / "run"])
        )
        mixes = sorted((work / "run" / "artifacts").glob("mix-*/rows.jsonl"))
        training, scoring = Seconds(0, 0), timed(lambda: run(lm_eval(folder, None, work / "base", documents)))
        for number, rows in enumerate(mixes):
            adapter = work / f"adapter-{number}"
            script = Path(__file__).with_name("train_with_trl.py")
            training = training.plus(timed(partial(run, [sys.executable, script, folder, rows, adapter])))
            scoring = scoring.plus(
                timed(partial(run, lm_eval(folder, adapter, adapter / "scores", documents)))
            )
        steps = [
            json.loads(path.read_text()) for path in (work / "run" / "artifacts").glob("*/manifest.json")
        ]
    of_stage = {
        stage: sum(s["seconds"] for s in steps if s["stage"] == stage) for stage in ("train", "score")
    }
    scored = sum(map(len, documents.values()))
    by_scripts = training.plus(scoring)
    print(f"{Path(folder).name}, {len(mixes)} cells, {originals} originals, {scored} documents a model;")
    print("seconds of the clock (of the processor)\n")
    print("| | training | scoring | all | times the runner |\n|---|---|---|---|---|")
    times = Seconds(by_scripts.clock / by_runner.clock, by_scripts.processor / by_runner.processor)
    told = f"{times.clock:.2f} ({times.processor:.2f})"
    print(f"| scripts | {training} | {scoring} | {by_scripts} | {told} |")
    print(f"| runner | {of_stage['train']:.0f} | {of_stage['score']:.0f} | {by_runner} | 1 |")


def study(folder: str, originals: int, documents: dict[str, list[int]]) -> dict[str, Any]:
    """The experiment file."""
    return {
        "name": "study",
        "domain": "gender",
        "seeds": [0],
        "model": {"pretrained": folder, "device": "cpu"},
        "data": {"originals": originals},
        "generate": {"bias_types": list(BIAS_TYPES), "shipped": True},
        "audit": {"distribution": False},  # no part of what the scripts do
        "mix": {"gammas": [0, 0.5]},
        "finetune": {"preset": "embedded"},
        "score": {
            "tasks": list(documents),
            "limits": {task: len(chosen) for task, chosen in documents.items()},
            "batch_size": 16,
        },
    }


def lm_eval(
    folder: str, adapter: Path | None, out: Path, documents: dict[str, list[int]]
) -> list[str | Path]:
    """The harness's command line, on the same documents."""
    peft = f",peft={adapter}" if adapter else ""
    return [
        *(sys.executable, "-m", "lm_eval", "--model", "hf", "--device", "cpu", "--batch_size", "16"),
        "--apply_chat_template",
        *("--model_args", f"pretrained={folder}{peft},dtype=float32"),
        *("--tasks", ",".join(documents), "--samples", json.dumps(documents)),
        *("--include_path", task_folder(), "--output_path", out, "--log_samples"),
    ]


def timed(do: Callable[[], None]) -> Seconds:
    """Of what processes of its own do."""
    clock, before = time.perf_counter(), os.times()
    do()
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return Seconds(time.perf_counter() - clock, spent)


def run(command: list[str | Path]) -> None:
    """A process of its own; what it says is shown only if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])


if __name__ == "__main__":
    typer.run(main)
