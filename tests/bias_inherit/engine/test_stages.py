"""The table of stages: what is in it is enough to plan a step, to carry it out and to tell of it."""

import io
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from tests_support import Finished, experiment

from bias_inherit.engine.assignment import Assignment
from bias_inherit.engine.executors import Failed
from bias_inherit.engine.executors.local import LocalExecutor
from bias_inherit.engine.executors.worker import Worker
from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.forecast.lengths import Lengths
from bias_inherit.engine.forecast.outline import Outline, outline, together
from bias_inherit.engine.forecast.tokens import Tokens
from bias_inherit.engine.planning.plan import Plan
from bias_inherit.engine.planning.prepare import prepare
from bias_inherit.engine.run import missing_steps, run_plan
from bias_inherit.engine.stages import STAGES, Stage
from bias_inherit.engine.status import lines, status_of
from bias_inherit.engine.step import Step
from bias_inherit.engine.store import Store


def count_letters(assignment: Assignment) -> dict[str, Any]:
    """A stage of these tests."""
    (assignment.work / "count.txt").write_text(str(len(assignment.step.label)), encoding="utf-8")
    return {"letters": len(assignment.step.label)}


def a_token_a_letter(step: Step, lengths: Lengths) -> Tokens:
    return Tokens(read=len(step.label))


def all_labels(steps: Sequence[Step]) -> str:
    return "of " + ", ".join(step.label for step in steps)


COUNT = Stage(
    name="count",
    one="count",
    several="counts",
    carried_out_by=f"{__name__}:count_letters",
    facts=("letters",),
    cost=a_token_a_letter,
    words=all_labels,
)


@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)
def test_every_stage_has_somebody_who_carries_it_out(stage: Stage) -> None:
    assert callable(stage.performer())


def test_to_read_the_table_nothing_heavy_is_loaded() -> None:
    heavy = ("torch", "transformers", "lm_eval", "datasets")
    code = (
        "import sys, bias_inherit.engine.stages, bias_inherit.engine.status, "
        "bias_inherit.engine.forecast.outline; "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_finished_step_records_the_facts_that_its_stage_names(finished: Finished) -> None:
    manifests = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in finished.folder.glob("artifacts/*/manifest.json")
    ]
    assert {manifest["stage"] for manifest in manifests} >= {"generate", "mix", "train", "score"}
    for manifest in manifests:
        assert manifest["facts"]
        assert set(manifest["facts"]) <= set(STAGES[manifest["stage"]].facts)


def test_a_step_of_no_stage_is_not_taken_for_one_of_another(tiny_model: Path, tmp_path: Path) -> None:
    made = prepare(Experiment.model_validate(experiment(tiny_model)), notify=lambda _: None)
    store = Store(tmp_path / "run", "tiny")
    mixed = next(step for step in made.plan.steps if step.stage == "mix")
    with store.locked():
        stranger = Step("surprise", "a step of nobody's", {}, (mixed,))
        ended = Worker(store, made.materials).carry_out(stranger, lambda done, total: None)
    assert isinstance(ended, Failed)
    assert "surprise" in ended.reason


def test_one_entry_is_enough_for_a_stage_to_be_planned_done_and_told_of(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(STAGES, "count", COUNT)
    made = prepare(Experiment.model_validate(experiment(tiny_model)), notify=lambda _: None)
    store = Store(tmp_path / "run", "tiny")
    plan = Plan((Step("count", "seven", {"n": 7}), Step("count", "eleven", {"n": 11})), (), ())
    planned_lines = outline(made._replace(plan=plan), store, None, "no reason").lines
    assert "count 2 0 of seven, eleven" in [" ".join(line.split()) for line in planned_lines]
    assert any("to do: about 11 tokens to read" in line for line in planned_lines)
    assert "2 counts" in together([Outline((), 0, plan.steps)])
    console = Console(width=200, record=True, file=io.StringIO())
    with store.locked():
        executor = LocalExecutor(Worker(store, made.materials))
        run_plan(plan, store, missing_steps(plan, store), lambda: executor, console)
    assert "count: seven  letters 5" in console.export_text()
    assert (store.artifact(plan.steps[1]) / "count.txt").read_text(encoding="utf-8") == "6"
    assert [line.split()[:3] for line in lines(status_of(plan, store))][:2] == [
        ["done", "count", "seven"],
        ["done", "count", "eleven"],
    ]
