"""Carries out steps one after another and keeps the base of the last one loaded."""

import os
import platform
import time
import traceback
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bias_inherit.engine.assignment import Assignment
from bias_inherit.engine.attempts import Attempts
from bias_inherit.engine.executors import Done, Ended, Failed
from bias_inherit.engine.planning.prepare import Materials
from bias_inherit.engine.stages import STAGES
from bias_inherit.engine.step import Step
from bias_inherit.engine.store import Store
from bias_inherit.kit.errors import RunError, UsageError, trouble_of_the_machine, type_and_reason
from bias_inherit.kit.versions import RECORDED
from bias_inherit.models.base_model import LoadableModel
from bias_tasks.training_rows import DataError

if TYPE_CHECKING:
    from bias_inherit.models.session import Session


class Worker:
    """One process's hands."""

    def __init__(self, store: Store, materials: Materials) -> None:
        self._store = store
        self._attempts = Attempts(store.root)
        self._materials = materials
        self._at_hand: tuple[LoadableModel, Session] | None = None

    def suits(self, step: Step) -> bool:
        """Whether a step needs no other base than the one at hand."""
        return self._at_hand is None or self._model_of(step) == self._at_hand[0]

    def carry_out(self, step: Step, on_progress: Callable[[int, int], None]) -> Ended:
        """Turn a step into its artifact, going on from what an earlier try left."""
        started = time.time()
        try:
            try:
                note = self._attempts.begin(step)
                session = self._session(step)
            except Exception as error:
                is_of_machine = trouble_of_the_machine(error) is not None
                return failed(step, error, stops_all=is_of_machine or len(self._materials.models) == 1)

            def tell(done: int, total: int) -> None:
                note(done, total)
                on_progress(done, total)

            try:
                perform = STAGES[step.stage].performer()
                work = self._store.work_folder(step)
                facts = perform(Assignment(step, work, self._store, session, self._materials, tell))
                seconds = time.time() - started
                self._store.commit(step, {"facts": facts, **_circumstances(session, started, seconds)})
                return Done(step, facts, seconds)
            except Exception as error:
                return failed(step, error, stops_all=trouble_of_the_machine(error) is not None)
        finally:
            self._attempts.end(step)

    def _session(self, step: Step) -> "Session":
        """The session of a step's base, which is loaded by then if the step names one.

        Raises:
            RunError: it cannot be loaded.
        """
        model = self._model_of(step)
        if self._at_hand is None or self._at_hand[0] != model:
            self._at_hand = None  # lets go of the other base before this one is loaded
            self._at_hand = (model, _open_session(model))
        session = self._at_hand[1]
        if "base" in step.inputs and STAGES[step.stage].loads_base:
            _ = session.model
        return session

    def _model_of(self, step: Step) -> LoadableModel:
        if "base" in step.inputs:
            return next(m for m in self._materials.models if m.identity == step.inputs["base"])
        return self._at_hand[0] if self._at_hand else self._materials.models[0]


def _circumstances(session: "Session", started: float, seconds: float) -> dict[str, Any]:
    return {
        "versions": {name: version(name) for name in RECORDED},
        "machine": f"{platform.machine()}, Python {platform.python_version()}, {session.device}",
        "started": started,
        "seconds": round(seconds, 1),
    }


def failed(step: Step, error: Exception, stops_all: bool) -> Failed:
    """How a step ended that raised an error."""
    return Failed(step, _one_line(error), "".join(traceback.format_exception(error)), stops_all)


def _one_line(error: Exception) -> str:
    """What went wrong, as a user reads it."""
    if trouble := trouble_of_the_machine(error):
        return trouble
    if isinstance(error, (RunError, UsageError, DataError)):
        return str(error)
    return type_and_reason(error)


def _open_session(model: LoadableModel) -> "Session":
    if Path(model.base.source).is_dir():
        # Without it every look-up of a local model retries the hub for most of a minute.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    # Here, not above: a run that finds everything done need not load torch.
    from bias_inherit.models.quiet import quieten_libraries
    from bias_inherit.models.session import Session

    quieten_libraries()
    return Session(model.base, model.section)
