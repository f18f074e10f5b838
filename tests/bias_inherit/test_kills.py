"""kill -9 at random moments over a study of twelve cells. Minutes, so only where it is asked for:

pytest -n 0 -s -m long tests/bias_inherit/test_kills.py
"""

import contextlib
import multiprocessing
import os
import random
from pathlib import Path
from typing import NamedTuple

import pytest
from run_folders import results, started
from tests_support import experiment, write

KILLS = 20

pytestmark = pytest.mark.long


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


def kill_at_random_moments(file: Path, whole: float, folder: Path) -> Killed:
    """Start, kill and start again; a study that comes to its end makes room for another.

    Args:
        whole: Seconds of processor time of a run that nobody kills: moments are chosen by that clock, so that
            a busy machine does not move them all into the start.
    """
    moments = random.Random(0)  # noqa: S311
    studies: list[Path] = []
    done: list[int] = []
    redone = 0
    while len(done) < KILLS:
        studies.append(folder / f"study-{len(studies) + 1}")
        finished: dict[str, float] = {}
        is_whole = False
        while not is_whole:
            run = begin(file, studies[-1])
            if len(done) < KILLS:
                until = moments.uniform(0, whole / 6)
                while run.is_alive() and processor_seconds(run) < until:
                    run.join(0.02)
                run.kill()
            run.join()
            assert run.exitcode in (0, -9)
            is_whole = run.exitcode == 0
            now = started(studies[-1])
            redone += sum(now[key] != when for key, when in finished.items())
            finished |= now
            if not is_whole:
                done.append(len(now))
    return Killed(studies, done, redone)


def begin(file: Path, out: Path) -> multiprocessing.process.BaseProcess:
    """The command in a process of its own, forked from this one, which has the libraries imported already.

    Else nearly all random moments would fall into the imports.
    """
    process = multiprocessing.get_context("fork").Process(target=_command, args=(file, out))
    process.start()
    return process


def processor_seconds(process: multiprocessing.process.BaseProcess) -> float:
    """What a process has used; 0 once it has ended."""
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _command(file: Path, out: Path) -> None:
    from bias_inherit.cli.app import app

    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):  # noqa: PTH123
        app(["run", str(file), "--out", str(out)])


def test_however_often_it_is_killed_it_ends_with_the_same_artifacts(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKENIZERS_PARALLELISM", "false")
    import bias_inherit.engine.executors.worker
    import bias_inherit.engine.steps.audit
    import bias_inherit.engine.steps.generate
    import bias_inherit.engine.steps.mix
    import bias_inherit.engine.steps.score
    import bias_inherit.engine.steps.train  # noqa: F401

    file = study(tmp_path, tiny_model)
    before = os.times()
    undisturbed = begin(file, tmp_path / "undisturbed")
    undisturbed.join()
    assert undisturbed.exitcode == 0
    after = os.times()
    whole = after.children_user + after.children_system - before.children_user - before.children_system
    expected = results(tmp_path / "undisturbed")
    assert sum(key.startswith("train-") for key in expected) == 1 + 12

    killed = kill_at_random_moments(file, whole, tmp_path)
    for folder in killed.studies:
        assert results(folder) == expected
    assert killed.redone == 0
    print(
        f"\n{len(expected)} steps, undisturbed {whole:.0f} s of processor time; {len(killed.done)} kills in "
        f"{len(killed.studies)} studies, with {killed.done} steps done; redone: {killed.redone}"
    )
