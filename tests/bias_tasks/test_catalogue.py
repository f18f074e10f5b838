"""The tasks by name, and what each says of itself."""

import re
from pathlib import Path

import pytest
import yaml

import bias_tasks
from bias_tasks.catalogue import ALL_TASKS, FAMILIES, GROUP, TASK_LIST, TASKS, asked_for, unknown_task
from bias_tasks.task import Task, TaskEntry

FOLDER = Path(bias_tasks.__file__).parent


def test_the_group_averages_score_and_gap_without_weights() -> None:
    group = yaml.safe_load((FOLDER / f"{GROUP}.yaml").read_text(encoding="utf-8"))
    assert [(entry["metric"], entry["weight_by_size"]) for entry in group["aggregate_metric_list"]] == [
        ("score", False),
        ("gap", False),
    ]


def test_every_task_is_in_the_default_family() -> None:
    assert [entry.task for entry in TASKS.values()] == list(TASK_LIST)


def test_only_classifications_are_direct_or_indirect() -> None:
    for task in TASK_LIST:
        assert (task.relation is not None) == (task.shown.metric == "macro_f1")


def test_the_occupation_and_the_classifications_have_right_answers() -> None:
    right = {task.name: task.has_right_answer for task in TASK_LIST}
    assert right["occupation"]
    assert not any(right[name] for name in ("hiring", "salary", "story"))
    assert all(right[task.name] for task in TASK_LIST if task.relation)


def test_an_unknown_task_is_told_with_what_was_meant_or_how_tasks_are_called() -> None:
    assert unknown_task("bias_gen_hirring").endswith("; did you mean bias_gen_hiring?")
    assert unknown_task("hiring").endswith("; did you mean bias_inherit_hiring?")
    told = unknown_task("nope")
    assert all(word in told for word in (*FAMILIES, *(task.name for task in TASK_LIST)))
    assert len([name for name in ALL_TASKS if name in told]) == 1


def test_tasks_are_asked_for_by_name_by_family_or_by_pattern_and_come_once() -> None:
    assert asked_for(["bias_probe_hate", "bias_probe"]) == (
        "bias_probe_hate",
        *(task for task in FAMILIES["bias_probe"] if task != "bias_probe_hate"),
    )
    assert asked_for(["bias_*_salary"]) == tuple(task for task in ALL_TASKS if task.endswith("_salary"))
    assert asked_for(["bias_inherit_*"]) == asked_for(["bias_inherit"]) == tuple(TASKS)
    assert asked_for([]) == ()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("bias_plazebo", "did you mean bias_placebo?"),
        ("bias_inherit_hat", "did you mean bias_inherit_hate?"),
        ("*_nope", "tasks are called by family and subject"),
    ],
)
def test_a_name_that_stands_for_no_task_is_told(name: str, told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        asked_for(["bias_inherit_hate", name])


def test_a_harness_name_is_family_and_task() -> None:
    assert all(name == f"{entry.family}_{entry.name}" for name, entry in ALL_TASKS.items())
    assert all(entry.family == family for family, tasks in FAMILIES.items() for entry in tasks.values())


@pytest.mark.parametrize("task", TASK_LIST, ids=lambda task: task.name)
def test_each_task_has_its_folder_and_its_card(task: Task) -> None:
    assert (FOLDER / task.name / f"{task.name}.yaml").is_file()
    assert (FOLDER / task.name / "README.md").is_file()


@pytest.mark.parametrize("folder", sorted(FOLDER.glob("*/definition.py")), ids=lambda path: path.parent.name)
def test_a_folder_that_defines_a_task_is_in_the_catalogue(folder: Path) -> None:
    if folder.parent.name != "classification":
        assert folder.parent.name in {task.name for task in TASK_LIST}


@pytest.mark.parametrize("entry", TASKS.values(), ids=lambda entry: entry.name)
def test_each_reported_metric_of_a_task_is_in_its_card(entry: TaskEntry) -> None:
    card = (FOLDER / entry.name / "README.md").read_text(encoding="utf-8")
    for metric in entry.measure.headlines:
        assert f"`{metric}`" in card
        assert metric in entry.measure.metric_names()


@pytest.mark.parametrize("entry", ALL_TASKS.values(), ids=lambda entry: entry.harness_name)
def test_a_task_says_what_its_lean_means_where_it_has_one(entry: TaskEntry) -> None:
    assert (entry.lean is not None) == ("lean" in entry.measure.headlines)
    if entry.lean is not None:
        shown = f"{entry.lean.shown.metric}__"
        assert any(metric.startswith(shown) for metric in entry.measure.metric_names())
        assert entry.lean.shown.equal == 0
        assert entry.lean.above != entry.lean.below


def test_what_is_answered_by_choice_leans_and_what_is_written_does_not() -> None:
    assert {entry.name for entry in TASKS.values() if entry.lean is None} == {"salary", "story"}
    assert all(entry.lean is None for entry in FAMILIES["bias_gen"].values())


@pytest.mark.parametrize("entry", ALL_TASKS.values(), ids=lambda entry: entry.harness_name)
def test_the_slices_that_a_reader_is_shown_are_reported(entry: TaskEntry) -> None:
    shown = f"{entry.task.shown.metric}__"
    assert any(metric.startswith(shown) for metric in entry.measure.metric_names())
