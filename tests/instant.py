"""An executor whose steps write one line: for tests of what is done in which order, without a model."""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import yaml
from rich.console import Console

from bias_inherit.engine.executors import Done, Ended, Failed, Lost, OnProgress
from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.experiment_file.study import load_experiment
from bias_inherit.engine.planning.experiment_plan import plan_experiment
from bias_inherit.engine.planning.plan import Plan
from bias_inherit.engine.run import missing_steps, run_plan
from bias_inherit.engine.step import Step
from bias_inherit.engine.store import Store
from bias_inherit.models.base_model import Base, LoadableModel
from bias_inherit.models.known_base import remember

BASE = Base("tiny", "tiny", "0")


class InstantExecutor:
    """Takes as many steps as there is room for, and ends them last in, first out.

    Attributes:
        begun: Keys of all steps that were taken, in order.
    """

    def __init__(
        self, store: Store, failing: set[str] = frozenset(), lost: Sequence[str] = (), room: int = 1
    ) -> None:
        self.store = store
        self.failing = failing
        self.lost = list(lost)
        self.room = room
        self.begun: list[str] = []
        self.closed = False
        self._taken: list[Step] = []

    def take(self, ready: Sequence[Step]) -> Step | None:
        if not ready or len(self._taken) == self.room:
            return None
        self._taken.append(ready[-1])
        self.begun.append(ready[-1].key)
        return ready[-1]

    def next_ended(self, on_progress: OnProgress) -> Ended | None:
        step = self._taken.pop()
        on_progress(step, 1, 2)
        assert all(self.store.is_there(parent) for parent in step.parents)
        if step.key in self.lost:
            self.lost.remove(step.key)
            return Lost(step)
        if step.key in self.failing:
            return Failed(step, "made to fail", "a traceback", stops_all=False)
        (self.store.work_folder(step) / "result.txt").write_text(step.label, encoding="utf-8")
        versions = {"numpy": version("numpy"), "peft": "0.0"}
        self.store.commit(step, {"seconds": 1.0, "facts": {}, "versions": versions})
        return Done(step, {}, 1.0)

    def close(self) -> None:
        self.closed = True


def do(
    plan: Plan,
    store: Store,
    executor: InstantExecutor,
    only: Sequence[str] = (),
    keep_going: bool = True,
    console: Console | None = None,
) -> None:
    """Run a plan as the command does."""
    with store.locked():
        missing = missing_steps(plan, store, only)
        run_plan(plan, store, missing, lambda: executor, console or Console(quiet=True), keep_going)


def write_experiment(folder: Path, **changes: object) -> Path:
    """An experiment of one bias type and two mitigations, as a file."""
    content = {
        "name": "instant",
        "model": {"pretrained": "nobody/tiny"},
        "data": {"originals": 24},
        "generate": {"bias_types": [1]},
        "mix": {"gammas": [0, 0.2, 0.5]},
        "mitigate": {"methods": ["none", "token"]},
        "finetune": {"learning_rate": 1e-4},
        **changes,
    }
    file = folder / "experiment.yaml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return file


def planned(file: Path, root: Path) -> tuple[Experiment, Plan, Store]:
    """An experiment's plan on a base that was found before."""
    experiment = load_experiment(file)
    store = Store(root, experiment.name)
    with store.locked():
        remember([LoadableModel(BASE, experiment.model)], root)
    return experiment, plan_experiment(experiment, BASE), store
