"""kill -9 at random moments over a study of twelve cells. Minutes, so only where it is asked for:

pytest -n 0 -s -m long tests/bias_inherit/test_kills.py
"""

import random
import signal
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from run_folders import results, started
from tests_support import experiment, start, wait_for, write

KILLS = 20
AT_THE_START = 0.2
"""Share of kills while a run still reads files and imports libraries, which is most of its time here."""

pytestmark = pytest.mark.long


class Undisturbed(NamedTuple):
    """A run that nobody killed.

    Attributes:
        to_first_step: Seconds until it began to work.
        whole: Seconds until its end.
    """

    folder: Path
    to_first_step: float
    whole: float


class Killed(NamedTuple):
    """Studies that were killed again and again.

    Attributes:
        done: Steps that were done at each kill.
        redone: Steps that were done a second time.
    """

    studies: list[Path]
    done: list[int]
    redone: int


def study(folder: Path, tiny_model: Path) -> Path:
    """Twelve cells: three γ by four mitigations."""
    content = experiment(
        tiny_model,
        mix={"gammas": [0, 0.2, 0.3, 0.4]},
        mitigate={"methods": ["none", "token", "mask", "loss"]},
        score={"tasks": ["bias_inherit_occupation", "bias_inherit_story"], "limit": 8},
    )
    return write(folder, content)


def kill_at_random_moments(file: Path, undisturbed: Undisturbed, folder: Path) -> Killed:
    """Start, kill and start again; a study that comes to its end makes room for another."""
    moments = random.Random(0)  # noqa: S311
    studies: list[Path] = []
    done: list[int] = []
    redone = 0
    while len(done) < KILLS:
        studies.append(folder / f"study-{len(studies) + 1}")
        finished: dict[str, float] = {}
        is_whole = False
        while not is_whole:
            run = start("run", file, "--out", studies[-1], stderr=subprocess.PIPE)
            if len(done) < KILLS:
                wait_for_a_moment(run, studies[-1], undisturbed, moments)
            else:
                run.wait()
            if run.poll() is None:
                run.send_signal(signal.SIGKILL)
            _, errors = run.communicate()
            assert run.returncode in (0, -signal.SIGKILL), errors
            is_whole = run.returncode == 0
            now = started(studies[-1])
            redone += sum(now[key] != when for key, when in finished.items())
            finished |= now
            if not is_whole:
                done.append(len(now))
    return Killed(studies, done, redone)


def wait_for_a_moment(
    run: subprocess.Popen[str], folder: Path, undisturbed: Undisturbed, moments: random.Random
) -> None:
    """Until some moment of the start, or some moment after the first step began."""
    begun = time.time()
    if moments.random() < AT_THE_START:
        wait = moments.uniform(0, undisturbed.to_first_step)
    else:
        while run.poll() is None and not is_at_work(folder, begun):
            time.sleep(0.02)
        wait = moments.uniform(0, undisturbed.whole / 8)
    try:
        run.wait(wait)
    except subprocess.TimeoutExpired:
        return


def is_at_work(folder: Path, since: float) -> bool:
    """Whether a step began since; notes of the run that was killed before may still lie there."""
    try:
        return any(note.stat().st_mtime > since for note in (folder / "running").glob("[!.]*.json"))
    except FileNotFoundError:
        return False  # it went away between two looks


def test_however_often_it_is_killed_it_ends_with_the_same_artifacts(tiny_model: Path, tmp_path: Path) -> None:
    file = study(tmp_path, tiny_model)
    begun = time.monotonic()
    run = start("run", file, "--out", tmp_path / "undisturbed")
    wait_for("work/*", tmp_path / "undisturbed", run)
    to_first_step = time.monotonic() - begun
    assert run.wait() == 0
    undisturbed = Undisturbed(tmp_path / "undisturbed", to_first_step, time.monotonic() - begun)
    expected = results(undisturbed.folder)
    assert sum(key.startswith("train-") for key in expected) == 1 + 12

    killed = kill_at_random_moments(file, undisturbed, tmp_path)
    for folder in killed.studies:
        assert results(folder) == expected
    assert killed.redone == 0
    print(
        f"\n{len(expected)} steps, undisturbed in {undisturbed.whole:.0f} s; {len(killed.done)} kills in "
        f"{len(killed.studies)} studies, with {killed.done} steps done; redone: {killed.redone}"
    )
