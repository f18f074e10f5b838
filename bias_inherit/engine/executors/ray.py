"""The workers of a Ray cluster carry out the steps; all of them see the run folder.

A worker is an actor with the resources of one step, which keeps its base loaded from step to step. Results
pass through the run folder only; Ray carries the steps' descriptions and a line about how each ended.
"""

import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import ray
from ray.exceptions import RayActorError

from bias_inherit.engine.attempts import Attempts
from bias_inherit.engine.executors import Done, Ended, Failed, Lost, OnProgress
from bias_inherit.engine.executors.worker import Worker, failed
from bias_inherit.engine.experiment_file.ray import RaySection
from bias_inherit.engine.planning.prepare import Materials
from bias_inherit.engine.step import Step
from bias_inherit.engine.store import Store
from bias_inherit.kit.errors import RunError, trouble_of_the_machine

_PATIENCE = 60.0
"""Seconds that a worker of a killed run may take to end."""
_BETWEEN_LOOKS = 0.5
_TRIES = 3
_OBJECT_STORE = 80_000_000
"""Bytes; the least that Ray takes. Nothing of size passes through it."""
_HANDED_ON = ("HF_HUB_OFFLINE", "HF_HOME", "OMP_NUM_THREADS", "TQDM_DISABLE", "BIAS_INHERIT_DATA")
"""Variables that workers take over from where the command was given."""


class Hands:
    """A worker as Ray runs it, on whatever machine."""

    def __init__(
        self, root: Path, experiment: str, materials: Materials, folder: Path, variables: Mapping[str, str]
    ) -> None:
        """
        Args:
            folder: The working folder, to which paths in the experiment file are relative.
        """
        os.environ.update(variables)
        os.chdir(folder)
        self._store = Store(root, experiment)
        self._worker = Worker(self._store, materials)

    def ready(self) -> None:
        """Returns once the worker is there."""

    def carry_out(self, step: Step) -> Ended:
        """Do a step, unless a worker that was thought lost has done it."""
        try:
            with self._store.alone_on(step, _PATIENCE):
                if self._store.is_there(step):
                    manifest = self._store.manifest(step)
                    return Done(step, manifest["facts"], manifest["seconds"])
                return self._worker.carry_out(step, lambda done, total: None)
        except Exception as error:
            return failed(step, error, stops_all=trouble_of_the_machine(error) is not None)


class _Hired(NamedTuple):
    """A worker, seen from here.

    Attributes:
        base: What identifies the base that it has loaded; None while it has none.
    """

    actor: Any
    base: Mapping[str, str] | None


class RayExecutor:
    """As many workers as the cluster has room for, on the cluster that is running or on this machine."""

    def __init__(self, store: Store, materials: Materials, section: RaySection) -> None:
        self._attempts = Attempts(store.root)
        # Object references as keys: of what is waited for.
        self._coming: dict[Any, _Hired] = {}
        self._busy: dict[Any, tuple[_Hired, Step]] = {}
        self._idle: list[_Hired] = []
        self._losses: Counter[str] = Counter()
        self._hired_in_vain = 0
        self._section = section
        self._connected_here = not ray.is_initialized()
        if self._connected_here:
            _connect()
        needs_gpu = any(node["Resources"].get("GPU") for node in ray.nodes()) and section.num_gpus is None
        self._needs = {"CPU": section.num_cpus, "GPU": 1.0 if needs_gpu else section.num_gpus or 0.0}
        variables = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
        self._arguments = (store.root.resolve(), store.experiment, materials, Path.cwd(), variables)

    def take(self, ready: Sequence[Step]) -> Step | None:
        """Give a step to an idle worker, one that has the step's base loaded if there is such a pair."""
        self._hire(len(ready))
        if not ready or not self._idle:
            return None
        hired, step = min(
            ((hired, step) for hired in self._idle for step in ready), key=lambda pair: _cost(*pair)
        )
        self._idle.remove(hired)
        base = step.inputs.get("base", hired.base)
        self._busy[hired.actor.carry_out.remote(step)] = (_Hired(hired.actor, base), step)
        return step

    def next_ended(self, on_progress: OnProgress) -> Ended | None:
        """Wait for a step to end, but not for long: workers come, and steps get on, meanwhile."""
        waited_for = [*self._busy, *self._coming]
        if not waited_for:
            time.sleep(_BETWEEN_LOOKS)
            return None
        ended, _ = ray.wait(waited_for, num_returns=1, timeout=_BETWEEN_LOOKS)
        for _, step in self._busy.values():
            if now := self._attempts.running(step):
                on_progress(step, now.done, now.total)
        if not ended:
            return None
        (reference,) = ended
        if reference in self._coming:
            self._welcome(reference)
            return None
        hired, step = self._busy.pop(reference)
        try:
            outcome: Ended = ray.get(reference)
        except RayActorError as error:
            return self._lost(step, error)
        self._idle.append(hired)
        return outcome

    def close(self) -> None:
        """End all workers."""
        for hired in (*self._idle, *self._coming.values(), *(hired for hired, _ in self._busy.values())):
            ray.kill(hired.actor)
        if self._connected_here:
            ray.shutdown()

    def _hire(self, ready: int) -> None:
        """Ask for workers while there are steps for them and the cluster has room.

        One is asked for in any case, so that a cluster that grows on demand does.
        """
        there = len(self._idle) + len(self._busy) + len(self._coming)
        room = max(self._section.workers or self._room(), 1)
        for _ in range(min(room, ready + len(self._busy)) - there):
            actor = (
                ray.remote(Hands)
                .options(num_cpus=self._needs["CPU"], num_gpus=self._needs["GPU"], max_restarts=0)
                .remote(*self._arguments)
            )
            self._coming[actor.ready.remote()] = _Hired(actor, None)

    def _room(self) -> int:
        """How many workers fit on the machines that are alive."""
        return sum(
            min(int(node["Resources"].get(name, 0) / need) for name, need in self._needs.items() if need)
            for node in ray.nodes()
            if node["Alive"]
        )

    def _welcome(self, reference: Any) -> None:
        hired = self._coming.pop(reference)
        try:
            ray.get(reference)
        except RayActorError as error:
            self._hired_in_vain += 1
            if self._hired_in_vain == _TRIES:
                raise RunError(f"no worker could be started on the cluster: {_last_line(error)}") from error
            return
        self._hired_in_vain = 0
        self._idle.append(hired)

    def _lost(self, step: Step, error: RayActorError) -> Ended:
        self._attempts.end(step)
        self._losses[step.key] += 1
        if self._losses[step.key] < _TRIES:
            return Lost(step)
        reason = f"its worker was lost {_TRIES} times; out of memory? ({_last_line(error)})"
        return Failed(step, reason, str(error), stops_all=False)


def _cost(hired: _Hired, step: Step) -> int:
    """How unwelcome a step is to a worker: 0 if it needs no base or the one that is loaded."""
    if step.inputs.get("base", hired.base) == hired.base:
        return 0
    return 1 if hired.base is None else 2


def _connect() -> None:
    """To the cluster that RAY_ADDRESS names or that runs on this machine; else to one made for this run."""
    try:
        ray.init(address="auto", log_to_driver=False, logging_level="ERROR")
    except ConnectionError:
        ray.init(
            object_store_memory=_OBJECT_STORE,
            include_dashboard=False,
            log_to_driver=False,
            logging_level="ERROR",
        )


def _last_line(error: Exception) -> str:
    """Of ray's long messages the one that says most; the name of the type if there are no words."""
    return [type(error).__name__, *str(error).strip().splitlines()][-1]
