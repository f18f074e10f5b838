"""What was not scored alike is never ranked together."""

from pathlib import Path
from typing import Any

import pytest
from scored_models import HATE, OCCUPATION
from written_runs import write_results

from bias_inherit.board.leagues import Leagues, differences, in_leagues
from bias_inherit.board.runs import Run, read_runs
from bias_inherit.harness_output import Folder

SPAM = "bias_inherit_spam"


def run(folder: Path, name: str, tasks: list[str], **changes: Any) -> list[Run]:
    write_results(folder / name, f"house/{name}", dict.fromkeys(tasks, (0.8, 0.1)), **changes)
    (found,) = Folder(folder / name).results_files(lambda line: pytest.fail(line))
    return read_runs(folder / name, found).runs


def members(found: Leagues) -> list[list[str]]:
    return [[model.name.removeprefix("house/") for model in league.models] for league in found.leagues]


def documents(count: int, *tasks: str) -> dict[str, dict[str, int]]:
    return {task: {"original": 200, "effective": count} for task in tasks}


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"chat_template_sha": "1f"}, "chat template: no or yes"),
        ({"system_instruction_sha": "2e"}, "system instruction: none or 2e"),
        ({"versions": {HATE: 1.1}}, f"task version: 1.0 or 1.1 of {HATE}"),
        ({"n-shot": {HATE: 5}}, f"few-shot examples: 0 or 5 of {HATE}"),
        ({"n-samples": documents(8, HATE)}, f"documents scored: 200 or 8 of {HATE}"),
    ],
)
def test_another_setting_is_another_league_and_told(
    tmp_path: Path, changes: dict[str, Any], line: str
) -> None:
    one, same = run(tmp_path, "one", [HATE]), run(tmp_path, "same", [HATE])
    found = in_leagues([*one, *same, *run(tmp_path, "other", [HATE], **changes)])
    assert members(found) == [["one", "same"], ["other"]]
    assert differences(found.leagues) == [f"bias_inherit: {line}"]
    first, second = (league.title for league in found.leagues)
    assert first == "bias_inherit · no chat template · 0-shot · all documents · version 1.0"
    assert first != second


def test_leagues_that_differ_in_a_number_only_have_titles_of_their_own(tmp_path: Path) -> None:
    larger = {"n-samples": {HATE: {"original": 300, "effective": 300}}}
    found = in_leagues([*run(tmp_path, "one", [HATE]), *run(tmp_path, "two", [HATE], **larger)])
    titles = [league.title for league in found.leagues]
    assert titles[1] == f"{titles[0]} · no. 2"


def test_examples_as_turns_matter_only_where_there_are_examples(tmp_path: Path) -> None:
    none = run(tmp_path, "none", [HATE], fewshot_as_multiturn=True)
    found = in_leagues([*none, *run(tmp_path, "one", [HATE])])
    assert members(found) == [["none", "one"]]


def test_a_model_with_fewer_tasks_joins_those_that_were_asked_the_same(tmp_path: Path) -> None:
    whole = run(tmp_path, "whole", [HATE, OCCUPATION])
    found = in_leagues([*run(tmp_path, "part", [HATE]), *whole, *run(tmp_path, "more", [SPAM])])
    assert members(found) == [["more", "part", "whole"]]
    assert set(found.leagues[0].scopes) == {HATE, OCCUPATION, SPAM}
    assert differences(found.leagues) == []


def test_families_are_leagues_of_their_own_and_no_difference(tmp_path: Path) -> None:
    found = in_leagues(run(tmp_path, "both", [HATE, "bias_public_hate"]))
    assert [league.settings.family for league in found.leagues] == ["bias_inherit", "bias_public"]
    assert differences(found.leagues) == []


def test_of_a_task_that_a_model_has_twice_the_newest_is_shown_and_told(tmp_path: Path) -> None:
    name = {"model_name": "house/model"}
    old = run(tmp_path, "old", [HATE, OCCUPATION], date="2026-01-01T00-00-00", **name)
    new = run(tmp_path, "new", [HATE], date="2026-02-01T00-00-00", **name)
    found = in_leagues([*old, *new])
    (model,) = found.leagues[0].models
    assert model.tasks == {HATE: new[0].tasks[HATE], OCCUPATION: old[0].tasks[OCCUPATION]}
    assert found.problems == [
        "old/results_2026-01-01T00-00-00.json: house/model: newer results of 1 of these 2 tasks lie in "
        "new/results_2026-02-01T00-00-00.json; the newer are shown"
    ]
