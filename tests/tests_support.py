"""What the tests of the command line share: a small experiment, and calls of the console script."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import warm_start
import yaml


class Finished(NamedTuple):
    """A run that went through without a disturbance."""

    file: Path
    folder: Path
    output: str


def experiment(tiny_model: Path, **changes: Any) -> dict[str, Any]:
    """An experiment of seconds. Neutral prompts: a random model's text has no gender to ask for."""
    return {
        "name": "tiny",
        "model": {"pretrained": str(tiny_model), "device": "cpu"},
        "data": {"originals": 12},
        "generate": {"bias_types": [0], "max_attempts_per_row": 200, "batch_size": 16},
        "mix": {"gammas": [0, 0.25]},
        "finetune": {"learning_rate": 1e-3, "epochs": 1, "batch_size": 4, "max_length": 2000},
        "score": {"limit": 8, "limits": {"bias_inherit_story": 8}},
        **changes,
    }


def write(folder: Path, content: dict[str, Any]) -> Path:
    """The experiment as a file in a folder."""
    path = folder / "experiment.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def command(*arguments: str | Path) -> list[str]:
    """The console script of this Python's environment.

    Not `python -m`: started so, Python ends by the signal itself (-2 instead of 130) where a Ctrl-C that we
    caught had passed through an `exec` of a string, as an import may hold.
    """
    return [str(Path(sys.executable).with_name("bias-inherit")), *map(str, arguments)]


def environment(**changes: str) -> dict[str, str]:
    """One thread: the same sums in the same order in every run, and no spinning on a tiny model."""
    return {**os.environ, "OMP_NUM_THREADS": "1", "COLUMNS": "200", **changes}


def start(
    *arguments: str | Path, variables: Mapping[str, str] | None = None, **options: Any
) -> subprocess.Popen[str]:
    """Start the command line and leave it running; silent unless the options say otherwise."""
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    env = environment(**(variables or {}))
    return subprocess.Popen(command(*arguments), env=env, text=True, **{**silent, **options})


def wait_for(pattern: str, folder: Path, process: subprocess.Popen[str]) -> None:
    """Wait until a file of the pattern is in the folder of a running process."""
    deadline = time.monotonic() + 120
    while not list(folder.glob(pattern)):
        assert process.poll() is None, f"the run ended before {pattern} was seen"
        assert time.monotonic() < deadline
        time.sleep(0.002)


def call(*arguments: str | Path, cwd: Path | None = None, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run the command line and wait for it."""
    return warm_start.run(command(*arguments), environment(**changes), cwd)


def harness(runs: list[list[str | Path]], tasks: str = "bias_inherit", limit: int = 8) -> None:
    """The harness's own command line, once for each model, output folder and further options."""
    import bias_tasks

    fixed = ["--tasks", tasks, "--limit", str(limit), "--model", "hf", "--device", "cpu", "--log_samples"]
    include = ["--include_path", str(Path(bias_tasks.__file__).parent)]
    arguments = [
        [
            *fixed,
            *include,
            "--model_args",
            f"pretrained={model}",
            "--output_path",
            str(out),
            *map(str, further),
        ]
        for model, out, *further in runs
    ]
    script = Path(__file__).with_name("run_harness.py")
    done = warm_start.run([str(script), json.dumps(arguments)], environment(HF_HUB_OFFLINE="1"))
    assert done.returncode == 0, done.stderr[-3000:]
