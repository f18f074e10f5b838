"""Calls of the command `mix`, and what they leave."""

from pathlib import Path
from subprocess import CompletedProcess

from tests_support import call
from typer.testing import CliRunner

from bias_inherit.cli.app import app
from bias_tasks.training_rows import TrainingRow
from finetune.originals import gender


def written_by_a_model(rows: int) -> list[TrainingRow]:
    return [
        row.model_copy(update={"source": "augmented", "bias_type": 5})
        for row in gender.originals(rows, seed=9)
    ]


def arguments(out: Path, augmented: str | Path, *more: str | Path) -> list[str]:
    """Twelve shipped originals and a quarter of augmented rows, unless more is said."""
    usual = {"--original": "shipped:gender:12", "--augmented": augmented, "--gamma": "0.25", "--out": out}
    said = {**usual, **dict(zip(more[::2], more[1::2], strict=True))}
    return ["mix", *(str(part) for flag in said.items() for part in flag)]


def mixed(*said: str | Path) -> CompletedProcess[str]:
    """The command, in this process."""
    command = arguments(*said)  # type: ignore[arg-type]
    result = CliRunner().invoke(app, command)
    return CompletedProcess(command, result.exit_code, result.stdout, result.stderr)


def mixed_apart(*said: str | Path, **variables: str) -> CompletedProcess[str]:
    """The command in a process of its own, where libraries read variables anew."""
    return call(*arguments(*said), **variables)  # type: ignore[arg-type]


def refused(done: CompletedProcess[str]) -> str:
    """The one line on the error stream of a request that cannot be met."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    return line.removeprefix("error: ")


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}
