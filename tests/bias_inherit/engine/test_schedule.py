"""What is done when something fails, is lost, or is not asked for: without a model."""

import io
import json
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from instant import InstantExecutor, do, planned, write_experiment
from rich.console import Console

from bias_inherit.engine.executors import Ended, Failed
from bias_inherit.engine.planning.plan import Plan, ancestry
from bias_inherit.engine.step import Step
from bias_inherit.engine.store import Store
from bias_inherit.kit.errors import RunError, UsageError


def graph(links: list[list[int]]) -> Plan:
    """Steps of which each hangs on some of those before it."""
    steps: list[Step] = []
    for number, parents in enumerate(links):
        chosen = sorted({parent % number for parent in parents}) if number else []
        steps.append(Step("mix", str(number), {"n": number}, tuple(steps[parent] for parent in chosen)))
    return Plan(tuple(steps), (), ())


def done(plan: Plan, store: Store) -> set[str]:
    return {step.label for step in plan.steps if store.is_done(step)}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(
    links=st.lists(st.lists(st.integers(0, 20), max_size=3), min_size=1, max_size=8),
    failing=st.sets(st.integers(0, 7)),
    room=st.integers(1, 3),
)
def test_all_is_done_that_does_not_hang_on_a_failure_and_the_next_run_does_the_rest(
    links: list[list[int]], failing: set[int], room: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    plan, store = graph(links), Store(tmp_path_factory.mktemp("run") / "run", "graph")
    keys = {step.key for step in plan.steps if int(step.label) in failing}
    first = InstantExecutor(store, keys, room=room)
    if keys:
        with pytest.raises(RunError, match="steps failed"):
            do(plan, store, first)
    else:
        do(plan, store, first)
    reachable = {s.label for s in plan.steps if not keys & {ancestor.key for ancestor in ancestry(s)}}
    assert done(plan, store) == reachable
    assert len(first.begun) == len(set(first.begun))
    second = InstantExecutor(store, room=room)
    do(plan, store, second)
    assert {plan_step.key for plan_step in plan.steps if plan_step.label not in reachable} == set(
        second.begun
    )
    assert done(plan, store) == {step.label for step in plan.steps}


def test_the_last_line_of_a_run_with_failures_names_them_and_why(tmp_path: Path) -> None:
    plan, store = graph([[], [0], []]), Store(tmp_path / "run", "graph")
    with pytest.raises(
        RunError, match=r"1 of 3 steps failed, 1 more are not done \(mix: 0: made to fail\); the same command"
    ):
        do(plan, store, InstantExecutor(store, {plan.steps[0].key}))
    (record,) = (store.root / "failed").iterdir()
    assert json.loads(record.read_text(encoding="utf-8"))["details"] == ["a traceback"]


def test_a_run_that_is_to_stop_at_a_failure_begins_nothing_more(tmp_path: Path) -> None:
    plan, store = graph([[], [], []]), Store(tmp_path / "run", "graph")
    executor = InstantExecutor(store, {plan.steps[2].key})
    with pytest.raises(RunError, match="1 of 3 steps failed, 2 more are not done"):
        do(plan, store, executor, keep_going=False)
    assert executor.begun == [plan.steps[2].key]


def test_what_would_fail_every_step_stops_at_once(tmp_path: Path) -> None:
    class FullDisk(InstantExecutor):
        def next_ended(self, on_progress: object) -> Ended:
            return Failed(self._taken.pop(), "no space left on the device", "", stops_all=True)

    plan, store = graph([[], []]), Store(tmp_path / "run", "graph")
    executor = FullDisk(store)
    with pytest.raises(RunError, match=r"^no space left on the device$"):
        do(plan, store, executor)
    assert len(executor.begun) == 1
    assert executor.closed
    assert not (store.root / "failed").exists()


def test_a_step_whose_worker_is_lost_begins_again(tmp_path: Path) -> None:
    plan, store = graph([[], [0]]), Store(tmp_path / "run", "graph")
    executor = InstantExecutor(store, lost=[plan.steps[0].key])
    do(plan, store, executor)
    assert executor.begun == [plan.steps[0].key, plan.steps[0].key, plan.steps[1].key]


@pytest.mark.parametrize(
    ("only", "stages"),
    [
        (["generate"], {"generate"}),
        (["γ = 0"], {"mix", "train", "score"}),
        (["type 1, γ = 0.2*", "base"], {"generate", "mix", "train", "score"}),
    ],
)
def test_only_what_is_asked_for_and_what_it_hangs_on_is_done(
    only: list[str], stages: set[str], tmp_path: Path
) -> None:
    _, plan, store = planned(write_experiment(tmp_path), tmp_path / "run")
    do(plan, store, InstantExecutor(store), only)
    there = [step for step in plan.steps if store.is_there(step)]
    assert {step.stage for step in there} == stages
    assert not any(step.label.startswith("type 1, γ = 0.5") for step in there)


def test_a_name_that_is_no_step_s_is_told_with_the_nearest(tmp_path: Path) -> None:
    _, plan, store = planned(write_experiment(tmp_path), tmp_path / "run")
    with pytest.raises(UsageError, match=r"no step is called 'trian'; did you mean train\?"):
        do(plan, store, InstantExecutor(store), ["trian"])


def test_elsewhere_than_in_a_terminal_each_step_is_a_plain_line(tmp_path: Path) -> None:
    plan, store = graph([[], [0]]), Store(tmp_path / "run", "graph")
    written = io.StringIO()
    do(plan, store, InstantExecutor(store), console=Console(file=written))
    assert written.getvalue() == "[1/2] mix: 0    1 s\n[2/2] mix: 1    1 s\n"


def test_in_a_terminal_bars_come_and_go_and_the_same_lines_stay(tmp_path: Path) -> None:
    plan, store = graph([[], [0]]), Store(tmp_path / "run", "graph")
    written = io.StringIO()
    do(plan, store, InstantExecutor(store), console=Console(file=written, force_terminal=True, width=80))
    assert "all steps" in written.getvalue()
    assert "[2/2] mix: 1    1 s" in written.getvalue()


def test_another_version_of_a_package_is_told_and_results_stay(tmp_path: Path) -> None:
    plan, store = graph([[], [0]]), Store(tmp_path / "run", "graph")
    do(plan, store, InstantExecutor(store))
    written = io.StringIO()
    executor = InstantExecutor(store)
    do(plan, store, executor, console=Console(file=written, width=200))
    assert written.getvalue().startswith(
        "note: finished steps were made with other versions, and stay: peft 0.0"
    )
    assert "(2 steps)" in written.getvalue()
    assert executor.begun == []


def test_a_half_written_manifest_of_a_killed_run_is_no_part_of_the_artifact(tmp_path: Path) -> None:
    plan, store = graph([[]]), Store(tmp_path / "run", "graph")
    with store.locked():
        pass
    (store.work_folder(plan.steps[0]) / ".manifest.json.part").write_text("{", encoding="utf-8")
    do(plan, store, InstantExecutor(store))
    assert list(store.manifest(plan.steps[0])["files"]) == ["result.txt"]
    assert store.is_done(plan.steps[0])


def test_a_start_that_was_killed_leaves_a_folder_that_can_be_used(tmp_path: Path) -> None:
    (tmp_path / ".lock").touch()
    (tmp_path / ".experiment.json.part").write_text("{", encoding="utf-8")
    with Store(tmp_path, "graph").locked():
        assert (tmp_path / "experiment.json").is_file()


def test_a_look_at_a_folder_makes_none(tmp_path: Path) -> None:
    store = Store(tmp_path / "run", "graph")
    assert not store.is_locked()
    assert not store.root.exists()


def _claim(root: Path) -> str:
    try:
        with Store(root, "graph").locked():
            time.sleep(0.01)
            return "held"
    except RunError as error:
        return str(error)


def test_of_many_that_start_at_once_in_a_new_folder_each_holds_it_alone_or_is_told(tmp_path: Path) -> None:
    root = tmp_path / "run"
    with ProcessPoolExecutor(8) as pool:
        outcomes = list(pool.map(_claim, [root] * 24))
    assert "held" in outcomes
    assert all(outcome == "held" or "another run is at work" in outcome for outcome in outcomes)
    assert json.loads((root / "experiment.json").read_text(encoding="utf-8")) == {"name": "graph"}


@pytest.mark.parametrize("damage", ["", "{", "[1]"], ids=["empty", "cut short", "something else"])
def test_a_damaged_manifest_is_named_with_the_remedy(damage: str, tmp_path: Path) -> None:
    plan, store = graph([[], [0]]), Store(tmp_path / "run", "graph")
    do(plan, store, InstantExecutor(store))
    manifest = store.artifact(plan.steps[0]) / "manifest.json"
    manifest.write_text(damage, encoding="utf-8")
    with pytest.raises(RunError, match=f"{manifest}: unreadable; delete the folder"):
        do(plan, store, InstantExecutor(store))


def test_a_file_that_was_cut_short_is_named_with_the_remedy(tmp_path: Path) -> None:
    plan, store = graph([[], [0]]), Store(tmp_path / "run", "graph")
    do(plan, store, InstantExecutor(store))
    result = store.artifact(plan.steps[0]) / "result.txt"
    result.write_text("", encoding="utf-8")
    executor = InstantExecutor(store)
    with pytest.raises(RunError, match=f"{result}: changed or missing since its step finished; delete"):
        do(plan, store, executor)
    assert executor.begun == []
