"""One worker: how a step that cannot be done ends, and which base it keeps."""

from pathlib import Path

import pytest
from tests_support import experiment

from bias_inherit.engine.executors import Done, Failed
from bias_inherit.engine.executors.local import LocalExecutor
from bias_inherit.engine.executors.worker import Worker
from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.planning.plan import Plan
from bias_inherit.engine.planning.prepare import Prepared, prepare
from bias_inherit.engine.step import Step
from bias_inherit.engine.store import Store


def prepared(model: Path) -> Prepared:
    return prepare(Experiment.model_validate(experiment(model)), notify=lambda _: None)


def step(plan: Plan, stage: str, label: str) -> Step:
    (found,) = (step for step in plan.steps if (step.stage, step.label) == (stage, label))
    return found


def silent(done: int, total: int) -> None:
    pass


def test_a_step_that_fails_ends_so_and_can_be_tried_again(tiny_model: Path, tmp_path: Path) -> None:
    made, store = prepared(tiny_model), Store(tmp_path / "run", "tiny")
    worker, mixed = Worker(store, made.materials), step(made.plan, "mix", "γ = 0")
    with store.locked():
        obstacle = store.root / "work" / mixed.key
        obstacle.parent.mkdir()
        obstacle.touch()
        ended = worker.carry_out(mixed, silent)
        assert isinstance(ended, Failed)
        assert ended.reason.startswith("FileExistsError: ")
        assert "Traceback" in ended.details
        assert not ended.stops_all
        obstacle.unlink()
        assert isinstance(worker.carry_out(mixed, silent), Done)
        assert store.is_done(mixed)
        assert not list((store.root / "running").iterdir())


def test_a_base_that_cannot_be_loaded_stops_all(tiny_model: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "config.json").write_bytes((tiny_model / "config.json").read_bytes())
    made, store = prepared(broken), Store(tmp_path / "run", "tiny")
    with store.locked():
        ended = Worker(store, made.materials).carry_out(step(made.plan, "score", "base"), silent)
    assert isinstance(ended, Failed)
    assert ended.stops_all
    assert f"model.pretrained: {str(broken)!r} cannot be loaded" in ended.reason


def test_a_step_of_the_base_at_hand_goes_first(tiny_model: Path, tmp_path: Path) -> None:
    made, store = prepared(tiny_model), Store(tmp_path / "run", "tiny")
    executor = LocalExecutor(Worker(store, made.materials))
    first, second = step(made.plan, "mix", "γ = 0"), step(made.plan, "score", "base")
    with store.locked():
        assert executor.take([first, second]) == first
        assert executor.take([second]) is None
        assert isinstance(executor.next_ended(lambda *_: None), Done)
        assert executor.take([second]) == second


@pytest.mark.parametrize("key", ["ray", "name"])
def test_how_much_of_a_cluster_a_step_takes_decides_no_result(key: str, tiny_model: Path) -> None:
    changes = {"ray": {"num_cpus": 4, "num_gpus": 1, "workers": 2}, "name": "other"}
    content = experiment(tiny_model, **{key: changes[key]})
    other = prepare(Experiment.model_validate(content), notify=lambda _: None)
    assert [s.key for s in other.plan.steps] == [s.key for s in prepared(tiny_model).plan.steps]
