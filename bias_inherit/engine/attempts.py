"""What a run folder tells about steps that are not done: which run now, how far, and why one failed."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bias_inherit.engine.step import Step
from bias_inherit.kit.files import write_json

_SECONDS_BETWEEN_NOTES = 1.0


class Running(NamedTuple):
    """How far a step is that runs now.

    Attributes:
        started: Seconds since the epoch.
        total: 0 where that is not known yet.
    """

    started: float
    done: int
    total: int


class Attempts:
    """The records of a run folder about steps that are not done."""

    def __init__(self, root: Path) -> None:
        self._running = root / "running"
        self._failed = root / "failed"

    def begin(self, step: Step) -> Callable[[int, int], None]:
        """A step is tried: an earlier failure is forgotten.

        Returns:
            To be told how far the step is; notes it once a second at most.
        """
        self.failure_record(step).unlink(missing_ok=True)
        self._running.mkdir(parents=True, exist_ok=True)
        started = time.time()
        last = 0.0

        def note(done: int, total: int) -> None:
            nonlocal last
            if time.monotonic() - last >= _SECONDS_BETWEEN_NOTES:
                last = time.monotonic()
                write_json(self._note(step), Running(started, done, total)._asdict())

        note(0, 0)
        return note

    def end(self, step: Step) -> None:
        """A step runs no more."""
        self._note(step).unlink(missing_ok=True)

    def forget_running(self) -> None:
        """Of an earlier run, which was killed."""
        shutil.rmtree(self._running, ignore_errors=True)

    def running(self, step: Step) -> Running | None:
        """How far a step is; None if it does not run. Means nothing unless a run is at work."""
        try:
            return Running(**json.loads(self._note(step).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    def fail(self, step: Step, reason: str, details: str) -> None:
        """Keep why a step failed.

        Args:
            reason: One line.
            details: The traceback.
        """
        path = self.failure_record(step)
        path.parent.mkdir(parents=True, exist_ok=True)
        found = {"stage": step.stage, "label": step.label, "reason": reason, "details": details.splitlines()}
        write_json(path, found)

    def failure(self, step: Step) -> str | None:
        """Why the last try of a step failed, in one line; None if it did not."""
        path = self.failure_record(step)
        return str(json.loads(path.read_text(encoding="utf-8"))["reason"]) if path.is_file() else None

    def failure_record(self, step: Step) -> Path:
        """Where the reason and the traceback of a failed step lie."""
        return self._failed / f"{step.key}.json"

    def _note(self, step: Step) -> Path:
        return self._running / f"{step.key}.json"
