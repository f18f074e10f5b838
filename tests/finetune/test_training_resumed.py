"""A training run that was ended goes on from its last checkpoint and ends with the same bytes."""

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import training_support
from tests_support import environment
from training_support import ADAPTER, changed

from bias_tasks.training_rows import TrainingRow
from finetune.alignment import AlignmentSettings
from finetune.settings import LoraSettings, TrainingSettings
from finetune.training import TrainingLog

MakeRows = Callable[..., list[TrainingRow]]
Train = Callable[..., TrainingLog]

# Dropout draws from the random state all along, and two batches make a step.
SETTINGS = changed(
    epochs=4,
    batch_size=2,
    gradient_accumulation=2,
    lora=LoraSettings(rank=4, alpha=8, dropout=0.2),
    checkpoint_every=3,
)
ALIGNMENT = AlignmentSettings(weight=0.1)
ORIGINALS, AUGMENTED = 12, 7
STEPS = 4 * 5


def rows(make_rows: MakeRows) -> list[TrainingRow]:
    return [*make_rows(ORIGINALS), *make_rows(AUGMENTED, "augmented")]


@pytest.fixture
def undisturbed(train: Train, make_rows: MakeRows, tmp_path: Path) -> TrainingLog:
    return train(tmp_path / "undisturbed", rows(make_rows), settings=SETTINGS, alignment=ALIGNMENT)


def start(tiny_model: Path, folder: Path, settings: TrainingSettings) -> "subprocess.Popen[str]":
    job = {
        "model": str(tiny_model),
        "folder": str(folder),
        "originals": ORIGINALS,
        "augmented": AUGMENTED,
        "settings": {**settings.model_dump(mode="json"), "checkpoint_every": settings.checkpoint_every},
        "alignment": ALIGNMENT.model_dump(mode="json"),
    }
    return subprocess.Popen(
        [sys.executable, training_support.__file__, json.dumps(job)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment(PYTHONPATH=":".join(sys.path)),
    )


def first_step(process: "subprocess.Popen[str]") -> int:
    assert process.stdout is not None
    return int(process.stdout.readline().removeprefix("step "))


def kill_at(step: int, process: "subprocess.Popen[str]") -> int:
    """Kill the process at some moment after a step; the first step that it told."""
    assert process.stdout is not None
    first = told = first_step(process)
    while told < step:
        told = int(process.stdout.readline().removeprefix("step "))
    time.sleep(random.uniform(0, 0.1))  # noqa: S311
    process.kill()
    assert process.wait() == -signal.SIGKILL
    return first


@pytest.mark.parametrize("dropout", [0.0, 0.2], ids=["read as trees", "read as rows"])
def test_killed_twice_it_ends_with_the_adapter_and_the_log_of_an_undisturbed_run(
    dropout: float, train: Train, make_rows: MakeRows, tiny_model: Path, tmp_path: Path
) -> None:
    lora = SETTINGS.lora.model_copy(update={"dropout": dropout})
    settings = SETTINGS.model_copy(update={"lora": lora})
    expected = tmp_path / "undisturbed"
    undisturbed = train(expected, rows(make_rows), settings=settings, alignment=ALIGNMENT)
    folder = tmp_path / "killed"
    folder.mkdir()
    assert kill_at(5, start(tiny_model, folder, settings)) == 1
    assert not (folder / ADAPTER).exists()
    assert kill_at(10, start(tiny_model, folder, settings)) >= 4
    last = start(tiny_model, folder, settings)
    assert first_step(last) >= 10
    last.communicate()
    assert json.loads((tmp_path / "0.json").read_text()) == undisturbed._asdict()
    for name in (ADAPTER, "adapter_config.json"):
        assert (folder / name).read_bytes() == (expected / name).read_bytes()
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in expected.iterdir())


@pytest.fixture
def interrupted(train: Train, make_rows: MakeRows, tmp_path: Path) -> Path:
    """A folder with the checkpoints of steps 3 and 6."""

    def interrupt(step: int, steps: int) -> None:
        if step == 8:
            raise KeyboardInterrupt

    folder = tmp_path / "interrupted"
    with pytest.raises(KeyboardInterrupt):
        train(folder, rows(make_rows), settings=SETTINGS, alignment=ALIGNMENT, on_step=interrupt)
    assert {path.name for path in (folder / "checkpoints").iterdir()} == {"checkpoint-3", "checkpoint-6"}
    return folder


def no_damage(checkpoint: Path) -> None:
    pass


def without_marker(checkpoint: Path) -> None:
    (checkpoint / "complete.json").unlink()


def half_written(checkpoint: Path) -> None:
    path = checkpoint / "optimizer.pt"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def a_file_missing(checkpoint: Path) -> None:
    (checkpoint / "rng_state.pth").unlink()


def empty_marker(checkpoint: Path) -> None:
    (checkpoint / "complete.json").write_text("")


@pytest.mark.parametrize(
    ("damage", "first"),
    [(no_damage, 7), (without_marker, 4), (empty_marker, 4), (half_written, 4), (a_file_missing, 4)],
)
def test_a_half_written_checkpoint_is_passed_over_for_the_one_before(
    damage: Callable[[Path], None],
    first: int,
    interrupted: Path,
    undisturbed: TrainingLog,
    train: Train,
    make_rows: MakeRows,
    tmp_path: Path,
) -> None:
    damage(interrupted / "checkpoints" / "checkpoint-6")
    seen: list[int] = []
    log = train(
        interrupted,
        rows(make_rows),
        settings=SETTINGS,
        alignment=ALIGNMENT,
        on_step=lambda step, steps: seen.append(step),
    )
    assert seen == list(range(first, STEPS + 1))
    assert log == undisturbed
    assert (interrupted / ADAPTER).read_bytes() == (tmp_path / "undisturbed" / ADAPTER).read_bytes()


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 6},
        {"settings": changed(checkpoint_every=3)},
        {"alignment": None},
        {"rows": training_support.short_rows(19)},
    ],
)
def test_the_checkpoints_of_another_run_are_not_gone_on_from(
    other: dict[str, Any], interrupted: Path, train: Train, make_rows: MakeRows
) -> None:
    seen: list[int] = []
    chosen = {"rows": rows(make_rows), "settings": SETTINGS, "alignment": ALIGNMENT, **other}
    train(interrupted, **chosen, on_step=lambda step, steps: seen.append(step))
    assert seen[0] == 1


@pytest.mark.parametrize("every", [1, 4, 1000])
def test_how_often_a_checkpoint_is_written_decides_nothing(
    every: int, undisturbed: TrainingLog, train: Train, make_rows: MakeRows, tmp_path: Path
) -> None:
    settings = SETTINGS.model_copy(update={"checkpoint_every": every})
    log = train(tmp_path / "other", rows(make_rows), settings=settings, alignment=ALIGNMENT)
    assert log == undisturbed
    assert (tmp_path / "other" / ADAPTER).read_bytes() == (tmp_path / "undisturbed" / ADAPTER).read_bytes()
    assert settings.model_dump() == SETTINGS.model_dump()


def test_a_run_ended_between_its_last_step_and_its_end_only_saves(
    undisturbed: TrainingLog,
    train: Train,
    make_rows: MakeRows,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupt(trainer: object, folder: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as context:
        context.setattr("finetune.training._save", interrupt)
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path / "a", rows(make_rows), settings=SETTINGS, alignment=ALIGNMENT)
    seen: list[int] = []
    log = train(
        tmp_path / "a",
        rows(make_rows),
        settings=SETTINGS,
        alignment=ALIGNMENT,
        on_step=lambda step, steps: seen.append(step),
    )
    assert seen == []
    assert log == undisturbed
    assert (tmp_path / "a" / ADAPTER).read_bytes() == (tmp_path / "undisturbed" / ADAPTER).read_bytes()
