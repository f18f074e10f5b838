"""Groups of tasks."""

from pathlib import Path

import pytest
from validated import GOOD_TASK, check, failure, write

from bias_inherit.validation import Finding


def test_a_group_with_a_member_that_nobody_knows_fails(folder: Path, harness: list[str]) -> None:
    write(folder / "weather.yaml", GOOD_TASK)
    write(folder / "group.yaml", "group: all_weather\ntask: [weather, wether, bias_inherit_hate, arc_easy]\n")
    assert failure(folder) == "no task, group or tag 'wether'; did you mean weather?"
    assert harness  # asked for, as it could have been one of the harness's own


@pytest.mark.parametrize("task", ["", "5", "[7]", "[]"])
def test_a_group_without_names_of_tasks_fails(folder: Path, harness: list[str], task: str) -> None:
    assert failure(write(folder / "group.yaml", f"group: all_weather\ntask: {task}\n"))


def test_a_group_s_mean_of_a_metric_that_no_member_reports_fails(folder: Path) -> None:
    write(folder / "weather.yaml", GOOD_TASK)
    write(
        folder / "group.yaml",
        """
        group: all_weather
        task: [weather]
        aggregate_metric_list: [{metric: rigth, weight_by_size: false}]
        """,
    )
    assert failure(folder) == "aggregate_metric_list: no member reports 'rigth'; did you mean right?"


def test_what_a_group_changes_in_its_members_is_checked(folder: Path) -> None:
    write(folder / "weather.yaml", GOOD_TASK)
    group = "group: all_weather\ntask:\n  - {{task: weather, doc_to_text: '{}'}}\n"
    write(folder / "group.yaml", group.format("question"))
    assert Finding("ok", "all_weather", "group of 1") in check(folder)
    write(folder / "group.yaml", group.format("{{ quest }}"))
    assert "'quest' is undefined" in failure(folder)
