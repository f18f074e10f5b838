"""The same study of six cells by scripts and by `bias-inherit run`: time of the clock.

    pip install 'bias-inherit[benchmark]'
    python benchmarks/experiment.py

Cells: γ = 0, and bias types 1 to 5 at γ = 0.5 of augmented rows that ship. By scripts: for each cell a
process of `train_with_trl.py`, then one of `lm_eval` with the adapter; the mixes are given to them. By the
runner: mixing, training, scoring, and the untouched base besides. Same rows, settings, documents and device.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Optional

import typer
import yaml
from scoring_setting import model_folder, task_set

from bias_inherit.registration import task_folder

BIAS_TYPES = (1, 2, 3, 4, 5)


def main(
    model: Annotated[Optional[str], typer.Option(help="By default the embedded model.")] = None,  # noqa: UP045
    originals: Annotated[int, typer.Option(help="Rows.")] = 24,
    limit: Annotated[int, typer.Option(help="Documents a task, the first ones; 0 for all.")] = 48,
) -> None:
    """Print the table, in Markdown."""
    folder = model_folder(model)
    tasks = task_set("bias_inherit", None).tasks
    documents = {name: list(range(min(limit or 10**9, len(task.eval_docs)))) for name, task in tasks.items()}
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        file = work / "study.yaml"
        file.write_text(yaml.safe_dump(study(folder, originals, documents)), encoding="utf-8")
        by_runner = timed(
            lambda: run([sys.executable, "-m", "bias_inherit", "run", file, "--out", work / "run"])
        )
        mixes = sorted((work / "run" / "artifacts").glob("mix-*/rows.jsonl"))
        training, scoring = 0.0, 0.0
        for number, rows in enumerate(mixes):
            adapter = work / f"adapter-{number}"
            script = Path(__file__).with_name("train_with_trl.py")
            training += timed(lambda s=script, r=rows, a=adapter: run([sys.executable, s, folder, r, a]))
            scoring += timed(lambda a=adapter: run(lm_eval(folder, a, documents)))
        steps = [
            json.loads(path.read_text()) for path in (work / "run" / "artifacts").glob("*/manifest.json")
        ]
    of_stage = {
        stage: sum(s["seconds"] for s in steps if s["stage"] == stage) for stage in ("train", "score")
    }
    scored = sum(map(len, documents.values()))
    print(f"{Path(folder).name}, {len(mixes)} cells, {originals} originals, {scored} documents a model\n")
    print("| | training, s | scoring, s | all, s | times the runner |\n|---|---|---|---|---|")
    total = training + scoring
    print(f"| scripts | {training:.0f} | {scoring:.0f} | {total:.0f} | {total / by_runner:.2f} |")
    print(f"| runner | {of_stage['train']:.0f} | {of_stage['score']:.0f} | {by_runner:.0f} | 1.00 |")


def study(folder: str, originals: int, documents: dict[str, list[int]]) -> dict[str, Any]:
    """The experiment file."""
    return {
        "name": "study",
        "domain": "gender",
        "seeds": [0],
        "model": {"pretrained": folder, "device": "cpu"},
        "data": {"originals": originals},
        "generate": {"bias_types": list(BIAS_TYPES), "shipped": True},
        "mix": {"gammas": [0, 0.5]},
        "finetune": {"preset": "embedded"},
        "score": {
            "tasks": list(documents),
            "limits": {task: len(chosen) for task, chosen in documents.items()},
            "batch_size": 16,
        },
    }


def lm_eval(folder: str, adapter: Path, documents: dict[str, list[int]]) -> list[str | Path]:
    """The harness's command line, on the same documents."""
    return [
        *(sys.executable, "-m", "lm_eval", "--model", "hf", "--device", "cpu", "--batch_size", "16"),
        "--apply_chat_template",
        *("--model_args", f"pretrained={folder},peft={adapter},dtype=float32"),
        *("--tasks", ",".join(documents), "--samples", json.dumps(documents)),
        *("--include_path", task_folder(), "--output_path", adapter / "scores", "--log_samples"),
    ]


def timed(do: Callable[[], None]) -> float:
    """Seconds of the clock."""
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def run(command: list[str | Path]) -> None:
    """A process of its own; what it says is shown only if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])


if __name__ == "__main__":
    typer.run(main)
