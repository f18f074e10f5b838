"""Which versions of Python, lm-eval and transformers this works with: writes docs/compatibility.md.

    python -m benchmarks.compatibility WORK_FOLDER

Each combination of `tried.yaml` gets an environment of its own in WORK_FOLDER (by uv, which must be
on the PATH; some gigabytes in all), in which `probe.py` does what a user does, on a random
model of two layers. What is there already is not made again.
"""

import json
import os
import subprocess
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TORCH = "2.13.0"
SAME = 1e-6
"""How far apart two metrics may be that are called the same."""
USES = {
    "tasks": "ten tasks",
    "scorer": "fast scorer",
    "finetune": "fine-tuning",
    "experiment": "experiment and report",
}
"""What the probe does, by its name there, and in a reader's words."""


class Combination(NamedTuple):
    """Versions that are tried together."""

    python: str
    lm_eval: str
    transformers: str

    @property
    def name(self) -> str:
        return f"python-{self.python}-lm-eval-{self.lm_eval}-transformers-{self.transformers}"


class Outcome(NamedTuple):
    """What a combination came to: by use a word for the table; and what a user reads where it fails."""

    combination: Combination
    cells: dict[str, str]
    notes: list[str]


def main(
    work: Annotated[Path, typer.Argument(help="For environments and results.")],
    page: Annotated[Path, typer.Option(help="The page to write.")] = ROOT / "docs" / "compatibility.md",
) -> None:
    work = work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    combinations = [
        Combination(entry["python"], entry["lm-eval"], entry["transformers"])
        for entry in yaml.safe_load((HERE / "tried.yaml").read_text(encoding="utf-8"))
    ]
    found = [_tried(combination, work) for combination in combinations]
    outcomes = [
        _outcome(combination, one, found[0]) for combination, one in zip(combinations, found, strict=True)
    ]
    environment = Environment(
        loader=FileSystemLoader(HERE),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Markdown, of our own numbers
    )
    template = environment.get_template("page.md.jinja")
    page.write_text(template.render(outcomes=outcomes, uses=USES, torch=TORCH, same=SAME), encoding="utf-8")
    print(f"written: {page}")


def _tried(combination: Combination, work: Path) -> dict[str, Any]:
    """What the probe wrote, or why there is no environment for it."""
    result = work / f"{combination.name}.json"
    if not result.exists():
        print(combination.name, flush=True)
        python = work / combination.name / "bin" / "python"
        if trouble := _installed(combination, work / combination.name):
            result.write_text(json.dumps({"install": trouble}), encoding="utf-8")
        else:
            subprocess.run(  # noqa: S603
                [python, HERE / "probe.py", work / "tiny", result],
                check=True,
                cwd=work,
                env={**os.environ, "PATH": f"{python.parent}:{os.environ['PATH']}", "HF_HUB_OFFLINE": "1"},
            )
    return dict(json.loads(result.read_text(encoding="utf-8")))


def _installed(combination: Combination, folder: Path) -> str | None:
    """Make the environment; why it could not be made, in a line."""
    overrides = folder.with_suffix(".overrides.txt")
    overrides.write_text(
        f"lm-eval[hf]=={combination.lm_eval}\ntransformers=={combination.transformers}\ntorch=={TORCH}\n",
        encoding="utf-8",
    )
    # Not here, where uv would read from pyproject.toml what the build of torch in the lock does not need.
    commands: tuple[list[str | Path], ...] = (
        ["uv", "venv", "--quiet", "--clear", "--no-python-downloads", "--python", combination.python, folder],
        ["uv", "pip", "install", "--quiet", "--python", folder, "--override", overrides, "--editable", ROOT],
    )
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder.parent)  # noqa: S603
        if done.returncode:
            lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
            return lines[0] if lines else f"uv ended with {done.returncode}"
    return None


def _outcome(combination: Combination, found: dict[str, Any], reference: dict[str, Any]) -> Outcome:
    if "install" in found:
        return Outcome(combination, dict.fromkeys(USES, "not tried"), [found["install"]])
    cells, notes = {}, []
    for use, words in USES.items():
        one = found[use]
        if one["said"]:
            cells[use] = "no"
            notes.append(f"{words}: {one['said']}")
        elif one["numbers"] is None:
            cells[use] = "works"
        else:
            difference = _largest_difference(one["numbers"], reference[use]["numbers"])
            cells[use] = "same" if difference <= SAME else f"differs by {difference:.2g}"
    return Outcome(combination, cells, notes)


def _largest_difference(numbers: dict[str, float], reference: dict[str, float]) -> float:
    if numbers.keys() != reference.keys():
        return float("inf")
    return max(abs(numbers[name] - reference[name]) for name in numbers)
