"""This process carries out the steps, one after another."""

from collections.abc import Sequence

from bias_inherit.engine.executors import Ended, OnProgress
from bias_inherit.engine.executors.worker import Worker
from bias_inherit.engine.step import Step


class LocalExecutor:
    """One worker, in this process."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._taken: Step | None = None

    def take(self, ready: Sequence[Step]) -> Step | None:
        """Begin a step that needs the base that is loaded, if there is one, else the first."""
        if self._taken is not None or not ready:
            return None
        self._taken = next(filter(self._worker.suits, ready), ready[0])
        return self._taken

    def next_ended(self, on_progress: OnProgress) -> Ended | None:
        """Carry out the step that was taken."""
        step, self._taken = self._taken, None
        if step is None:
            return None
        return self._worker.carry_out(step, lambda done, total: on_progress(step, done, total))

    def close(self) -> None:
        """Nothing is held that this process would not let go of by itself."""
