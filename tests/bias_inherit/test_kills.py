"""kill -9 at random moments over a study of twelve cells. Minutes, so only where it is asked for:

pytest -n 0 -s -m long tests/bias_inherit/test_kills.py
"""

import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from run_folders import results, started
from tests_support import call, experiment, start, wait_for, write

KILLS = 20
pytestmark = pytest.mark.long


def test_however_often_it_is_killed_it_ends_with_the_same_artifacts(tiny_model: Path, tmp_path: Path) -> None:
    content = experiment(
        tiny_model,
        mix={"gammas": [0, 0.2, 0.3, 0.4]},
        mitigate={"methods": ["none", "token", "mask", "loss"]},
        score={"tasks": ["bias_inherit_occupation", "bias_inherit_story"], "limit": 8},
    )
    file = write(tmp_path, content)
    reference = tmp_path / "undisturbed"
    begun = time.monotonic()
    undisturbed = start("run", file, "--out", reference)
    wait_for("work/*", reference, undisturbed)
    to_first_step = time.monotonic() - begun
    assert undisturbed.wait() == 0
    whole = time.monotonic() - begun
    expected = results(reference)
    assert sum(key.startswith("train-") for key in expected) == 1 + 12

    random_moment = random.Random(0)  # noqa: S311
    kills, studies, redone, where = 0, 0, 0, []
    while kills < KILLS:
        studies += 1
        folder = tmp_path / f"study-{studies}"
        finished: dict[str, float] = {}
        while True:
            run = start("run", file, "--out", folder, stderr=subprocess.PIPE)
            wait = random_moment.uniform(0, to_first_step + whole / 4)
            try:
                _, errors = run.communicate(timeout=wait if kills < KILLS else None)
                assert run.returncode == 0, errors
                break
            except subprocess.TimeoutExpired:
                run.send_signal(signal.SIGKILL)
                run.wait()
                kills += 1
                now = started(folder)
                redone += sum(now[key] != when for key, when in finished.items())
                finished |= now
                where.append(len(now))
        after = started(folder)
        redone += sum(after[key] != when for key, when in finished.items())
        assert results(folder) == expected
    assert redone == 0
    assert "all is done" in call("run", file, "--out", folder).stdout
    print(
        f"\n{len(expected)} steps, undisturbed {whole:.0f} s; {kills} kills in {studies} studies, with "
        f"{', '.join(map(str, where))} steps done; finished steps redone: {redone}"
    )
