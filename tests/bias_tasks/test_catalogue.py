"""The ten tasks by name."""

from pathlib import Path

import pytest
import yaml

import bias_tasks
from bias_tasks.catalogue import GROUP, TASKS, TaskEntry

FOLDER = Path(bias_tasks.__file__).parent


def test_the_group_file_lists_the_catalogue_in_order() -> None:
    group = yaml.safe_load((FOLDER / "bias_inherit.yaml").read_text(encoding="utf-8"))
    assert group["group"] == GROUP
    assert group["task"] == list(TASKS)


def test_the_group_averages_score_and_gap_without_weights() -> None:
    group = yaml.safe_load((FOLDER / "bias_inherit.yaml").read_text(encoding="utf-8"))
    assert [(entry["metric"], entry["weight_by_size"]) for entry in group["aggregate_metric_list"]] == [
        ("score", False),
        ("gap", False),
    ]


def test_three_tasks_are_about_gender_and_seven_about_culture() -> None:
    domains = [entry.domain for entry in TASKS.values()]
    assert (domains.count("gender"), domains.count("culture")) == (3, 7)


def test_three_classifications_are_direct_and_three_indirect() -> None:
    by_relation = {
        relation: [entry.name for entry in TASKS.values() if entry.relation == relation]
        for relation in ("direct", "indirect")
    }
    assert by_relation == {
        "direct": ["stereotype", "gender_bias", "hate"],
        "indirect": ["offensive", "abuse", "spam"],
    }


@pytest.mark.parametrize("entry", TASKS.values(), ids=lambda entry: entry.name)
def test_each_task_has_its_folder_and_its_card(entry: TaskEntry) -> None:
    assert (FOLDER / entry.name / f"{entry.name}.yaml").is_file()
    assert (FOLDER / entry.name / "README.md").is_file()


@pytest.mark.parametrize("entry", TASKS.values(), ids=lambda entry: entry.name)
def test_each_reported_metric_of_a_task_is_in_its_card(entry: TaskEntry) -> None:
    card = (FOLDER / entry.name / "README.md").read_text(encoding="utf-8")
    for metric in ("score", "gap"):
        assert f"`{metric}`" in card
        assert metric in entry.measure.metric_names()
