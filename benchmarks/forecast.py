"""What `bias-inherit plan` foresees of a study beside what `bias-inherit run` takes: seconds of the clock.

    python benchmarks/forecast.py harness_configs/quickstart.yaml benchmarks/studies/*.yaml

Each study is foreseen, with the calibration of ten seconds, and then run, in processes of their own and in a
fresh folder. The clock of the run is that of the whole command, so `all` holds what no step does: to start,
to load, the report. Goal: planned / taken between 1/1.5 and 1.5. Quiet cores only.
"""

import json
import subprocess
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

LOADING = "loading"


def main(
    files: Annotated[list[Path], typer.Argument(help="Experiment files.")],
    foresee_into: Annotated[
        Path | None, typer.Option(hidden=True, help="Only foresee the one file, for a run folder.")
    ] = None,
) -> None:
    """Print a table for each study, in Markdown."""
    if foresee_into:
        print(json.dumps(planned(files[0], foresee_into)))
        return
    for file in files:
        with TemporaryDirectory() as name:
            out = Path(name) / "run"
            began = time.perf_counter()
            foreseen = Counter(json.loads(_output(__file__, file, "--foresee-into", out).splitlines()[-1]))
            calibrated = time.perf_counter()
            _output("-m", "bias_inherit", "run", file, "--out", out)
            taken = time.perf_counter() - calibrated
            print(f"{file.stem}; to foresee it took {calibrated - began:.0f} s\n")
            print("| | steps | planned, s | taken, s | planned / taken |\n|---|---|---|---|---|")
            steps = [json.loads(path.read_text()) for path in out.glob("artifacts/*/manifest.json")]
            for stage, seconds in foreseen.items():
                of_stage = [step["seconds"] for step in steps if step["stage"] == stage]
                if of_stage:
                    print(_row(stage, len(of_stage), seconds, sum(of_stage)))
            print(_row("all", len(steps), foreseen.total(), taken), end="\n\n", flush=True)


def planned(file: Path, out: Path) -> dict[str, float]:
    """Stage -> seconds, of the stages that a calibration is made for; and of loading."""
    from bias_inherit.engine.experiment_file.study import load_study
    from bias_inherit.engine.forecast.estimates import tokens_of
    from bias_inherit.engine.forecast.machine_speed import measure
    from bias_inherit.engine.forecast.outline import to_be_measured
    from bias_inherit.engine.planning.prepare import foresee
    from bias_inherit.engine.store import Store

    study = load_study(file)
    foreseen = foresee(study, out)
    to_do = to_be_measured(foreseen, Store(out, study.name))
    speed, lengths = measure(foreseen.materials.models[0], study, to_do)
    found = defaultdict(float, {LOADING: speed.loading})
    for step in foreseen.plan.steps:
        found[step.stage] += speed.seconds(tokens_of(step, lengths))
    return {stage: seconds for stage, seconds in found.items() if seconds}


def _row(stage: str, steps: int, foreseen: float, taken: float) -> str:
    return f"| {stage} | {steps} | {foreseen:.0f} | {taken:.0f} | {foreseen / taken:.2f} |"


def _output(*arguments: object) -> str:
    """Of a Python process of its own; what it says is shown only if it fails."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    return done.stdout


if __name__ == "__main__":
    typer.run(main)
